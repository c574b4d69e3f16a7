import { z } from 'zod';
import type { CallInput } from './address.ts';
import type { Calls } from './calls.ts';
import type { ListPage } from './readList.ts';
import type { CallOptions } from './runSingle.ts';

/** A write whose answer was lost. */
export interface Write {
  input: CallInput;
  startedAt: Date;
  options: CallOptions;
}

/** What became of it. */
type Found = { done: true; reply?: unknown } | { done: false };

/** How a write is recognized afterwards. */
export interface LookUp {
  find: (calls: Calls, write: Write) => Promise<Found>;
  /** Whether not finding it proves that it was not done, so that it may be sent again. */
  isExact: boolean;
}

/** ServiceTitan's clock and ours may differ by this much. */
const clockToleranceMs = 2 * 60_000;

function isSince(startedAt: Date, createdOn: string): boolean {
  return Date.parse(createdOn) >= startedAt.getTime() - clockToleranceMs;
}

/** The write is done if the record reads so. */
export function inState<Row>(
  read: (calls: Calls, write: Write) => Promise<Row>,
  isDone: (row: Row, write: Write) => boolean,
  reply: (row: Row) => unknown = () => undefined,
): LookUp {
  return {
    isExact: true,
    find: async (calls, write) => {
      const row = await read(calls, write);
      return isDone(row, write) ? { done: true, reply: reply(row) } : { done: false };
    },
  };
}

/** The write is done if a record that was made since is what was to be made. */
export function created<Row extends { createdOn: string }>(rule: {
  isExact?: boolean;
  read: (calls: Calls, write: Write) => AsyncIterable<ListPage<Row>> | undefined;
  isIt: (row: NoInfer<Row>, write: Write) => boolean;
  /** The answer that was lost, where it holds more than the record. */
  reply?: (calls: Calls, row: NoInfer<Row>, write: Write) => Promise<unknown>;
}): LookUp {
  return {
    isExact: rule.isExact ?? true,
    find: async (calls, write) => {
      const pages = rule.read(calls, write);
      if (pages === undefined) throw new Unrecognizable();
      for await (const { records } of pages) {
        const row = records.find(
          (record) => isSince(write.startedAt, record.createdOn) && rule.isIt(record, write),
        );
        if (row === undefined) continue;
        return { done: true, reply: rule.reply ? await rule.reply(calls, row, write) : row };
      }
      return { done: false };
    },
  };
}

/** Nothing was given by which the record could be known again. */
class Unrecognizable extends Error {}

const note = z.looseObject({ body: z.looseObject({ text: z.string() }) });

export function isSameNote({ text }: { text: string }, { input }: Write): boolean {
  return note.parse(input).body.text === text;
}

const contact = z.looseObject({ body: z.looseObject({ type: z.string(), value: z.string() }) });

/** ServiceTitan may write a telephone number its own way. */
export function isSameContact({ type, value }: { type: string; value: string }, { input }: Write): boolean {
  const { body } = contact.parse(input);
  if (body.type !== type) return false;
  return type === 'Email' ? body.value === value : digits(body.value) === digits(value);
}

function digits(text: string): string {
  return text.replaceAll(/\D/g, '');
}
