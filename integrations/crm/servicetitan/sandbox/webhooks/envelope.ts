import { createHmac, randomUUID } from 'node:crypto';
import type { SandboxTenant } from '../tenants.ts';
import type { Occurrence } from './occurrences.ts';
import type { Subscription } from './subscriptions.ts';

/** An occurrence with what all its deliveries share. */
export interface SharedEvent extends Occurrence {
  /** ServiceTitan's `userassignedid`: the same in every delivery of this occurrence. */
  readonly occurrenceId: string;
  readonly time: string;
}

export interface SignedBody {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The CloudEvents 1.0 envelope of one attempt: `id` is new each time, `userassignedid` stays. */
export function writeEnvelope(event: SharedEvent, tenant: SandboxTenant): string {
  return JSON.stringify({
    specversion: '1.0',
    id: randomUUID(),
    userassignedid: event.occurrenceId,
    type: event.type,
    time: event.time,
    source: 'https://webhooks.servicetitan.io',
    datacontenttype: 'application/json',
    data: { ...event.data, tenantId: tenant.id, tenantName: tenant.name },
  });
}

/** The body with its headers; signed with HMAC-SHA256 over the very bytes that are sent, where there is a key. */
export function signEnvelope(
  body: string,
  { key, header, encoding }: Subscription,
  usual: 'hex' | 'base64',
): SignedBody {
  const type = { 'Content-Type': 'application/json' };
  if (key === null) return { body, headers: type };
  const signature = createHmac('sha256', key)
    .update(body)
    .digest(encoding ?? usual);
  return { body, headers: { ...type, [header]: signature } };
}
