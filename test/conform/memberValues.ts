import { z } from 'zod';

const record = z.record(z.string(), z.unknown());

/** Members that a filter or a sort means by another name. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  ids: ['id'],
  number: ['jobNumber', 'appointmentNumber', 'referenceNumber'],
  invoiced: ['invoiceDate'],
  paid: ['date'],
  paidOn: ['date'],
  starts: ['start', 'startDate'],
  completed: ['completedOn', 'actualCompletionDate'],
  statuses: ['syncStatus'],
  campaignPhoneNumber: ['campaignPhoneNumbers'],
  phoneNumberCalled: ['to'],
  callerPhoneNumber: ['from'],
  receivedOn: ['createdOn'],
};

/** Parts of a row whose members count as its own. */
const ownParts = ['address', 'leadCall'];

/**
 * What a row has by a name: of a member, of the `id` of one (`customerId` of `customer`), or of a named one its name;
 * undefined where no row of that kind has such a member, and nothing where this one's is empty.
 */
export function valuesOf(name: string, row: unknown): readonly unknown[] | undefined {
  const members = record.safeParse(row).data ?? {};
  const singular = name.replace(/(?<=Status)es$|(?<!Statuse)s$/, '');
  const names = [name, `${name}On`, singular, ...(otherNames[name] ?? [])];
  const known = names.find((each) => each in members);
  if (known !== undefined) return plainValues(members[known]);
  const link = singular.replace(/Id$/, '');
  if (link !== singular && link in members) return linkedValues(members[link], 'id');
  for (const part of ownParts) {
    const found = part in members ? valuesOf(name, members[part]) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function plainValues(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap((each) => plainValues(each));
  return record.safeParse(value).success ? linkedValues(value, 'name') : given(value);
}

/** A member of a member. */
export function linkedValues(linked: unknown, member: string): unknown[] {
  if (Array.isArray(linked)) return linked.flatMap((each) => linkedValues(each, member));
  return given(record.safeParse(linked).data?.[member]);
}

function given(value: unknown): unknown[] {
  return value === null || value === undefined ? [] : [value];
}

/** A moment as a text that sorts, to a ten-millionth of a second; undefined for what is none. */
export function momentOf(value: unknown): string | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) return undefined;
  const finer = /\.\d{3}(\d{1,4})/.exec(String(value))?.[1] ?? '';
  return `${new Date(time).toISOString().slice(0, -1)}${finer.padEnd(4, '0')}`;
}
