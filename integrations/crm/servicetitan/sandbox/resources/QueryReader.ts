import { invalid } from '../api/ApiError.ts';
import { defaultSwitches, type SwitchValues } from '../switches/switchTable.ts';
import { normalizeTimestamp } from '../timestamps.ts';

/** ServiceTitan takes at most this many ids in one comma-separated parameter. */
const maximumListLength = 50;
const largestInt32 = 2_147_483_647;

function isId(text: string): boolean {
  return /^\d+$/.test(text) && Number.isSafeInteger(Number(text));
}

/** Reads query parameters by type, and collects what is wrong with them under their names. */
export class QueryReader {
  readonly #query: URLSearchParams;
  readonly #values = new Map<string, string>();
  readonly #errors: Record<string, string[]> = {};

  readonly #tooManyIds: SwitchValues['tooManyIds'];

  constructor(query: URLSearchParams, { tooManyIds, rawPlusInSort } = defaultSwitches) {
    this.#query = query;
    this.#tooManyIds = tooManyIds;
    for (const [name, value] of query) this.#values.set(name.toLowerCase(), value);
    const sort = this.#values.get('sort');
    if (rawPlusInSort === 'accept' && sort?.startsWith(' ')) this.#values.set('sort', `+${sort.slice(1)}`);
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name.toLowerCase())?.trim();
    return value === '' ? undefined : value;
  }

  integer(name: string): number | undefined {
    return this.#parse(name, 'a whole number', (text) => {
      const value = Number(text);
      return /^-?\d+$/.test(text) && Number.isSafeInteger(value) ? value : null;
    });
  }

  /** The number of a page: an int32 in ServiceTitan, which a larger number is not. */
  page(): number {
    const page = this.#parse('page', 'a whole number of 32 bits', (text) =>
      /^-?\d{1,10}$/.test(text) && Math.abs(Number(text)) <= largestInt32 ? Number(text) : null,
    );
    return Math.max(1, page ?? 1);
  }

  decimal(name: string): number | undefined {
    return this.#parse(name, 'a number', (text) => (Number.isFinite(Number(text)) ? Number(text) : null));
  }

  flag(name: string): boolean | undefined {
    return this.#parse(name, 'true or false', (text) => {
      const lower = text.toLowerCase();
      return lower === 'true' || lower === 'false' ? lower === 'true' : null;
    });
  }

  timestamp(name: string): string | undefined {
    return this.#parse(name, 'an ISO 8601 date and time', normalizeTimestamp);
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    return this.#parse(
      name,
      `one of ${choices.join(', ')}`,
      (text) => choices.find((choice) => choice.toLowerCase() === text.toLowerCase()) ?? null,
    );
  }

  /** The values of a parameter that is sent once per value, or with commas between them. */
  choices<Choice extends string>(name: string, choices: readonly Choice[]): Set<Choice> | undefined {
    const expected = `any of ${choices.join(', ')}`;
    return this.#parse(name, expected, () => {
      const found = this.#sent(name).map((text) =>
        choices.find((choice) => choice.toLowerCase() === text.toLowerCase()),
      );
      const known = found.filter((choice) => choice !== undefined);
      return known.length === found.length ? new Set(known) : null;
    });
  }

  /** Like `ids`, for a parameter that is sent once per value. */
  repeatedIds(name: string): Set<number> | undefined {
    return this.#parse(name, 'whole numbers', () => {
      const sent = this.#sent(name);
      return sent.every(isId) ? new Set(sent.map(Number)) : null;
    });
  }

  /** The pairs sent as `name[key]=value`. */
  pairs(name: string): [key: string, value: string][] {
    const start = `${name.toLowerCase()}[`;
    return [...this.#query]
      .filter(([sent]) => sent.toLowerCase().startsWith(start) && sent.endsWith(']'))
      .map(([sent, value]) => [sent.slice(start.length, -1), value]);
  }

  ids(name: string): Set<number> | undefined {
    return this.#parse(name, `at most ${maximumListLength} comma-separated whole numbers`, (text) => {
      const parts = text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
      if (!parts.every(isId)) return null;
      if (parts.length > maximumListLength && this.#tooManyIds === 'refuse') return null;
      const taken = this.#tooManyIds === 'truncate' ? parts.slice(0, maximumListLength) : parts;
      return new Set(taken.map(Number));
    });
  }

  refuse(name: string, message: string): void {
    (this.#errors[name] ??= []).push(message);
  }

  /** Throws a 400 that names every parameter refused so far. */
  check(): void {
    if (Object.keys(this.#errors).length > 0) throw invalid(this.#errors);
  }

  #sent(name: string): string[] {
    return [...this.#query]
      .filter(([sent]) => sent.toLowerCase() === name.toLowerCase())
      .flatMap(([, value]) => value.split(','))
      .map((value) => value.trim())
      .filter((value) => value !== '');
  }

  #parse<Value>(name: string, expected: string, parse: (text: string) => Value | null): Value | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === null) {
      this.refuse(name, `The value '${text.slice(0, 60)}' is not valid: expected ${expected}.`);
      return undefined;
    }
    return value;
  }
}
