import { needOf } from '#integrations/crm/servicetitan/diagnosis/permissions.ts';
import type { Operation } from '#integrations/crm/servicetitan/operations/operation.ts';
import { operationOf } from '#integrations/crm/servicetitan/resources.ts';
import type { Resource } from '#integrations/crm/servicetitan/schemas/records.ts';
import { scopeOf } from '#integrations/crm/servicetitan/scopes.ts';
import type { IntegrationError } from '#integrations/errors.ts';
import { dispensableResources } from '../schemas/dispensableResources.ts';
import { isReferenceResource, referenceResources } from './readOrder.ts';

/** A part that a missing permission switches off, in words, and the permission. */
export interface Lack {
  text: string;
  scope: string;
}

/**
 * States can be told without these, if less well. Without the others they would be wrong: a visit without its
 * appointments or its cancellation is not yet known, and without the customers it is not known who wants no mail.
 */
const dispensable: ReadonlySet<Resource> = new Set([...dispensableResources, ...referenceResources]);

/** What a failed read means for the picture that states are derived from. */
export function meaningOf(
  resource: Resource,
  { kind }: IntegrationError,
): 'nothing' | 'lacking' | 'incomplete' {
  if (kind === 'forbidden' && dispensable.has(resource)) return 'lacking';
  return isReferenceResource(resource) ? 'nothing' : 'incomplete';
}

/** Why states cannot be derived, for the connection's status. */
export function failureText(resource: Resource, { kind, message }: IntegrationError): string {
  if (kind !== 'forbidden') return `${resource}: ${message}`;
  const scope = scopeOf(operationOf(resource));
  return `${resource}: the app has no permission to read ${inWords(resource)} (${scope}), which states cannot do without. ${message}`;
}

/** What is switched off because a resource may not be read. */
export function lackOf(resource: Resource): Lack {
  const operation = operationOf(resource);
  const what = `read ${inWords(resource)}`;
  if (resource !== 'customer_contacts') return lackOfOperation(operation, what);
  return lack(operation, {
    what,
    without: 'E-mail addresses and phone numbers are not known, so nobody new is mailed.',
  });
}

/** What is switched off because an operation is not allowed; `what` says in words what it does. */
export function lackOfOperation(operation: Pick<Operation, 'scope' | 'method'>, what: string): Lack {
  return lack(operation, { what, without: needOf(operation).without });
}

export function lack(
  operation: Pick<Operation, 'scope' | 'method'>,
  { what, without }: { what: string; without: string },
): Lack {
  return { text: `The app has no permission to ${what}. ${without}`, scope: scopeOf(operation) };
}

function inWords(resource: Resource): string {
  return resource.replaceAll('_', ' ');
}
