import { invalid } from '../api/ApiError.ts';
import { normalizeTimestamp } from '../timestamps.ts';

/** ServiceTitan takes at most this many ids in one comma-separated parameter. */
const maximumListLength = 50;

/** Reads query parameters by type, and collects what is wrong with them under their names. */
export class QueryReader {
  readonly #values = new Map<string, string>();
  readonly #errors: Record<string, string[]> = {};

  constructor(query: URLSearchParams) {
    for (const [name, value] of query) this.#values.set(name.toLowerCase(), value);
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

  ids(name: string): Set<number> | undefined {
    return this.#parse(name, `at most ${maximumListLength} comma-separated whole numbers`, (text) => {
      const parts = text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
      if (parts.length > maximumListLength || parts.some((part) => !/^\d+$/.test(part))) return null;
      return new Set(parts.map(Number));
    });
  }

  refuse(name: string, message: string): void {
    (this.#errors[name] ??= []).push(message);
  }

  /** Throws a 400 that names every parameter refused so far. */
  check(): void {
    if (Object.keys(this.#errors).length > 0) throw invalid(this.#errors);
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
