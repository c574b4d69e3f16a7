import { z } from 'zod';
import { IntegrationError } from '../../../errors.ts';
import { summarize } from '../failures.ts';
import type { Query } from '../queryText.ts';

/** What the connection settles for every call. */
export interface CallSettings {
  /** The booking provider tag bound to the app; needed by the calls below it only. */
  bookingProviderId: number | undefined;
}

export type CallInput = Readonly<Record<string, unknown>>;

/** The path with its names filled in; `{tenant}` is the transport's to fill. */
export function fillPath(path: string, input: CallInput, settings: CallSettings): string {
  return path.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    if (name === 'tenant') return whole;
    const value = name === 'booking_provider' ? providerOf(settings) : input[name];
    if (typeof value === 'number' ? Number.isSafeInteger(value) : typeof value === 'string' && value !== '') {
      return encodeURIComponent(String(value));
    }
    throw new IntegrationError('invalid', `Give "${name}": ${path} needs it.`);
  });
}

function providerOf({ bookingProviderId }: CallSettings): number {
  if (bookingProviderId !== undefined) return bookingProviderId;
  throw new IntegrationError(
    'invalid',
    'Enter the booking provider ID in the connection: ServiceTitan takes bookings only through a provider that the tenant has bound to the app.',
  );
}

/** The query of a call, checked: ServiceTitan ignores what is misspelled, and the answer would be about something else. */
export function readQuery(
  schema: z.ZodObject | undefined,
  { path, input }: { path: string; input: CallInput },
): Query {
  const names = new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  const given = Object.fromEntries(
    Object.entries(input).filter(([name]) => !names.has(name) && name !== 'body'),
  );
  const parsed = (schema ?? z.strictObject({})).safeParse(given);
  if (parsed.success) return flatten(parsed.data);
  throw new IntegrationError(
    'invalid',
    `Correct the filter of ${path}: ${summarize(parsed.error).join('; ')}.`,
  );
}

const sent = z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number()]))]);
const map = z.record(z.string(), z.string());

function flatten(values: Readonly<Record<string, unknown>>): Query {
  const entries = Object.entries(values).flatMap(([name, value]): [string, z.output<typeof sent>][] => {
    if (value === undefined) return [];
    const fields = map.safeParse(value);
    return fields.success
      ? Object.entries(fields.data).map(([key, text]) => [`${name}[${key}]`, text])
      : [[name, sent.parse(value)]];
  });
  return Object.fromEntries(entries);
}
