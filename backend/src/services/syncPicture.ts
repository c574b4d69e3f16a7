import { needOf } from '#integrations/crm/servicetitan/diagnosis/permissions.ts';
import type { Operation } from '#integrations/crm/servicetitan/operations/operation.ts';
import { resourceSources } from '#integrations/crm/servicetitan/resources.ts';
import type { Resource } from '#integrations/crm/servicetitan/schemas/records.ts';
import { scopeOf } from '#integrations/crm/servicetitan/scopes.ts';
import type { IntegrationError } from '#integrations/errors.ts';

/** What keeps states from being derived, or null; and what is switched off for want of a permission, or null. */
export interface Picture {
  failure: string | null;
  notice: string | null;
}

/** A part that a missing permission switches off, and what it is like to be without. */
export interface Lack {
  what: string;
  scope: string;
  without: string;
}

/** Names for the screens, no input of the states. */
export const referenceResources = [
  'job_types',
  'business_units',
  'cancel_reasons',
] as const satisfies Resource[];

/**
 * States can be told without these, if less well. Without the others they would be wrong: a visit without its
 * appointments or its cancellation is not yet known, and without the customers it is not known who wants no mail.
 */
const dispensable: ReadonlySet<Resource> = new Set([
  'customer_contacts',
  'leads',
  'bookings',
  ...referenceResources,
]);

/** What a failed read means for the picture that states are derived from. */
export function meaningOf(
  resource: Resource,
  { kind }: IntegrationError,
): 'nothing' | 'lacking' | 'incomplete' {
  if (kind === 'forbidden' && dispensable.has(resource)) return 'lacking';
  return referenceResources.some((reference) => reference === resource) ? 'nothing' : 'incomplete';
}

export function failureText(resource: Resource, { kind, message }: IntegrationError): string {
  if (kind !== 'forbidden') return `${resource}: ${message}`;
  const scope = scopeOf(resourceSources[resource].operation);
  return `${resource}: the app has no permission to read ${inWords(resource)} (${scope}), which states cannot do without. ${message}`;
}

/** What is switched off because a resource may not be read. */
export function lackOf(resource: Resource): Lack {
  const { operation } = resourceSources[resource];
  const lack = lackOfOperation(operation, `read ${inWords(resource)}`);
  if (resource !== 'customer_contacts') return lack;
  return { ...lack, without: 'E-mail addresses and phone numbers are not known, so nobody new is mailed.' };
}

/** What is switched off because an operation is not allowed; `what` says in words what it does. */
export function lackOfOperation(operation: Pick<Operation, 'scope' | 'method'>, what: string): Lack {
  return { what, scope: scopeOf(operation), without: needOf(operation).without };
}

/** What a connection that works says of the parts that are off; null where nothing lacks. */
export function lackingText(lacks: readonly Lack[]): string | null {
  if (lacks.length === 0) return null;
  const scopes = [...new Set(lacks.map(({ scope }) => scope))];
  return [
    ...lacks.map(({ what, without }) => `The app has no permission to ${what}. ${without}`),
    `Add ${scopes.join(', ')} to the app and have the tenant's administrator accept its newest version.`,
  ].join(' ');
}

function inWords(resource: Resource): string {
  return resource.replaceAll('_', ' ');
}
