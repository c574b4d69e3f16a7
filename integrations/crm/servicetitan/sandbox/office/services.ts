import { type ServiceRow, serviceRow } from '../rows/pricebookRows.ts';
import type { ExternalDataChanges, NewExternalData } from '../rows/externalData.ts';
import type { Desk } from './Desk.ts';
import { attachData, changeData } from './externalData.ts';

type Members = Partial<Omit<ServiceRow, 'id' | 'categories' | 'externalData' | 'createdOn' | 'modifiedOn'>>;

function namedCategories({ records }: Desk, ids: readonly number[]): ServiceRow['categories'] {
  return ids
    .map((id) => records.pricebook_categories.get(id))
    .filter((row) => row !== undefined)
    .map(({ id, name, active }) => ({ id, name, active }));
}

export function createService(
  desk: Desk,
  input: Members & {
    readonly categories?: readonly number[];
    readonly externalData?: NewExternalData;
  },
): ServiceRow {
  const { records, now } = desk;
  const { categories = [], externalData, ...members } = input;
  return records.pricebook_services.put(
    serviceRow.parse({
      ...members,
      id: records.pricebook_services.nextId(),
      categories: namedCategories(desk, categories),
      externalData: attachData(externalData),
      createdOn: now,
      modifiedOn: now,
    }),
  );
}

export function changeService(
  desk: Desk,
  service: ServiceRow,
  input: Members & {
    readonly categories?: readonly number[];
    readonly externalData?: ExternalDataChanges;
  },
): ServiceRow {
  const { categories, externalData, ...members } = input;
  return desk.records.pricebook_services.put({
    ...service,
    ...members,
    ...(categories && { categories: namedCategories(desk, categories) }),
    ...(externalData && { externalData: changeData(service.externalData, externalData) }),
    modifiedOn: desk.now,
  });
}

/** What is deleted stays, inactive: estimates and invoices name it. */
export function deleteService({ records, now }: Desk, service: ServiceRow): void {
  records.pricebook_services.put({ ...service, active: false, modifiedOn: now });
}
