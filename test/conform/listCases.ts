import { z } from 'zod';
import type { Operation } from '#integrations/crm/servicetitan/operations/operation.ts';
import { schemaReader, type Schema } from './jsonSchema.ts';
import { applicationGuid } from './writes/WriteWorld.ts';

type Input = Readonly<Record<string, unknown>>;

const farAhead = '2036-01-01T00:00:00Z';

/** What a list is always asked with: without some of it, it refuses, or its rows do not show what they have. */
export const always: Readonly<Record<string, Input>> = {
  listCustomerContacts: { modifiedBefore: farAhead },
  listLocationContacts: { modifiedBefore: farAhead },
  listMembershipTypes: { includeDurationBilling: true },
};

const ours = { externalDataApplicationGuid: applicationGuid, externalDataKey: 'conform' };
/** What a filter is asked with, because it is refused alone. */
const companions: Readonly<Record<string, Input>> = { externalDataKey: ours, externalDataValues: ours };

/** The lists that show inactive rows unless they are told otherwise; the vendor does not say it of invoices. */
const showsAll = new Set(['listJobCancelReasons', 'listJobHoldReasons', 'listInvoices']);

/** The parameter that chooses active rows or others, with its three words. */
export interface Activity {
  readonly parameter: string;
  readonly active: string;
  readonly inactive: string;
  readonly all: string;
  /** What it means when it is not sent; undefined where nobody says. */
  readonly unsent: string | undefined;
}

export function filtersOf(operation: Extract<Operation, { kind: 'list' }>): Readonly<Record<string, Schema>> {
  return schemaReader.parse(z.toJSONSchema(operation.query, { io: 'input' })).properties ?? {};
}

export function activityOf(name: string, filters: Readonly<Record<string, Schema>>): Activity | undefined {
  const unsentAll = name === 'listInvoices' ? undefined : 'Any';
  if ('activeState' in filters) {
    const words = { active: 'ActiveOnly', inactive: 'InactiveOnly', all: 'All' };
    return { parameter: 'activeState', ...words, unsent: showsAll.has(name) ? unsentAll : 'ActiveOnly' };
  }
  if (!('active' in filters)) return undefined;
  const words = { active: 'True', inactive: 'False', all: 'Any' };
  return { parameter: 'active', ...words, unsent: showsAll.has(name) ? unsentAll : 'True' };
}

/** What a list is asked with for all of its rows. */
export function inputForAll(name: string, filters: Readonly<Record<string, Schema>>): Input {
  const activity = activityOf(name, filters);
  return { ...always[name], ...(activity && { [activity.parameter]: activity.all }) };
}

export function companionsOf(filter: string): Input {
  return companions[filter] ?? {};
}

export interface SortCase {
  readonly input: Input;
  readonly field: string;
  readonly isDescending: boolean;
}

const usualFields = ['Id', 'CreatedOn', 'ModifiedOn'];

/** Every sort that the client takes; where it takes any text, those that every list has. */
export function sortCases(name: string, filters: Readonly<Record<string, Schema>>): SortCase[] {
  const { sort } = filters;
  const fields = /\(([^)+-]*)\)\$$/.exec(sort?.pattern ?? '')?.[1]?.split('|') ?? usualFields;
  // Here ascending is written without a plus.
  const plus = name === 'listCalls' ? '' : '+';
  const sorts = fields.flatMap((field) => [
    { input: { sort: `${plus}${field}` }, field, isDescending: false },
    { input: { sort: `-${field}` }, field, isDescending: true },
  ]);
  const ordered = usualFields.flatMap((orderBy) =>
    ['asc', 'ascending', 'desc', 'descending'].map((orderByDirection) => ({
      input: { orderBy, orderByDirection },
      field: orderBy,
      isDescending: orderByDirection.startsWith('desc'),
    })),
  );
  return [...(sort ? sorts : []), ...('orderBy' in filters ? ordered : [])];
}
