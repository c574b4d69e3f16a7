import type { ExternalData } from '../rows/externalData.ts';
import type { ShowContext } from './defineResource.ts';
import type { Filter } from './filters.ts';
import { QueryReader } from './QueryReader.ts';

interface Carrier {
  readonly externalData: ExternalData | null;
}

const guidParameter = 'externalDataApplicationGuid';
const guidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const maximumValues = 50;

/** The application asked for. Its parameter does not narrow a list by itself: it chooses whose data the rows show. */
function readGuid(reader: QueryReader): string | undefined {
  const guid = reader.text(guidParameter)?.toLowerCase();
  if (guid === undefined || guidForm.test(guid)) return guid;
  reader.refuse(guidParameter, `The value '${guid.slice(0, 60)}' is not valid: expected a GUID.`);
  return undefined;
}

function itemsOf({ externalData }: Carrier, guid: string): ExternalData {
  return (externalData ?? []).filter((item) => item.applicationGuid === guid);
}

export const whoseExternalData: Record<string, Filter<Carrier>> = {
  [guidParameter]: (reader) => {
    readGuid(reader);
    return undefined;
  },
};

/** Search by what an application attached: its GUID, the key and any of the values. */
export const externalDataSearch: Record<string, Filter<Carrier>> = {
  ...whoseExternalData,
  externalDataKey: (reader, name) => {
    const key = reader.text(name);
    if (key === undefined) return undefined;
    const guid = requireGuid(reader, name);
    return (row) => itemsOf(row, guid).some((item) => item.key === key);
  },
  externalDataValues: (reader, name) => {
    const values = reader
      .text(name)
      ?.split(',')
      .map((value) => value.trim());
    if (values === undefined) return undefined;
    if (values.length > maximumValues)
      reader.refuse(name, `Expected at most ${maximumValues} comma-separated values.`);
    const guid = requireGuid(reader, name);
    const key = reader.text('externalDataKey');
    return (row) =>
      itemsOf(row, guid).some(
        (item) => (key === undefined || item.key === key) && values.includes(item.value),
      );
  },
};

function requireGuid(reader: QueryReader, name: string): string {
  if (reader.text(guidParameter) === undefined)
    reader.refuse(guidParameter, `The application is required to search by ${name}.`);
  return reader.text(guidParameter)?.toLowerCase() ?? '';
}

/** The data as keys and values: of the application that the request names, else of all. */
export function showExternalData(
  data: ExternalData | null,
  { query }: Pick<ShowContext, 'query'>,
): { key: string; value: string }[] {
  const guid = new QueryReader(query).text(guidParameter)?.toLowerCase();
  return (data ?? [])
    .filter((item) => !guid || item.applicationGuid === guid)
    .map(({ key, value }) => ({ key, value }));
}
