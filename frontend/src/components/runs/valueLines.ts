/** One value of what a step was given or answered, by its name. */
export interface ValueLine {
  /** Where it stands: `customer.name`. */
  path: string;
  name: string;
  /** In words; null for what has values of its own. */
  text: string | null;
  isHidden: boolean;
  lines: ValueLine[];
}

const deepest = 6;
const longestList = 50;

/** Names and values for reading. `titleOf` knows what fields are called; what it does not know goes by its own name. */
export function valueLines(
  value: unknown,
  titleOf: (path: string) => string | undefined = () => undefined,
): ValueLine[] {
  if (typeof value !== 'object' || value === null) {
    return value === null || value === undefined ? [] : [lineOf({ path: '', name: 'Value', value, titleOf })];
  }
  return membersOf(value, { path: '', titleOf });
}

interface Place {
  path: string;
  titleOf: (path: string) => string | undefined;
}

function membersOf(value: object, { path, titleOf }: Place): ValueLine[] {
  const entries: [string, unknown][] = Object.entries(value);
  const isList = Array.isArray(value);
  const shown = isList ? entries.slice(0, longestList) : entries;
  const lines = shown
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => {
      const below = path === '' ? key : `${path}.${key}`;
      const name = isList ? `${Number(key) + 1}.` : (titleOf(below) ?? nameWords(key));
      return lineOf({ path: below, name, value: member, titleOf });
    });
  const left = entries.length - shown.length;
  const more = { path: `${path}…`, name: '…', text: `and ${left} more`, isHidden: false, lines: [] };
  return left > 0 ? [...lines, more] : lines;
}

function lineOf({ path, name, value, titleOf }: Place & { name: string; value: unknown }): ValueLine {
  const isNested = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  if (isNested && Array.isArray(value) && value.every((each) => typeof each !== 'object'))
    return { path, name, ...textOf(value.map((each: unknown) => textOf(each).text).join(', ')), lines: [] };
  if (isNested && path.split('.').length < deepest)
    return { path, name, text: null, isHidden: false, lines: membersOf(value, { path, titleOf }) };
  return { path, name, ...textOf(isNested ? 'More than can be shown here' : value), lines: [] };
}

const hidden: Record<string, string> = {
  '••• hidden': 'Hidden: only members who may edit see it',
  '••• secret': 'Hidden: it is a secret',
};

function textOf(value: unknown): { text: string; isHidden: boolean } {
  if (typeof value === 'boolean') return { text: value ? 'Yes' : 'No', isHidden: false };
  if (typeof value === 'number') return { text: String(value), isHidden: false };
  if (typeof value !== 'string' || value === '') return { text: '–', isHidden: false };
  const mask = hidden[value];
  return { text: mask ?? value, isHidden: mask !== undefined };
}

/** A field's name as words: `customerId` is "Customer id". */
export function nameWords(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
