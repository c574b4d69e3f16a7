import type { ErrorCode } from '../errors.ts';

interface WebhookRefusal {
  code: ErrorCode;
  /** For who sends it: in ServiceTitan's log of deliveries. */
  message: string;
  /** For the administrator: what was refused, and what to do. */
  words: string;
}

/** Why a webhook is not taken. The keys are stored. */
export const webhookRefusals = {
  disabled: {
    code: 'forbidden',
    message: 'Webhooks are switched off for this connection.',
    words: 'They are switched off here.',
  },
  no_key: {
    code: 'unauthenticated',
    message:
      'No signing key is set for this connection, so nothing can be verified. Set one under Integrations, in the section Webhooks of the connection.',
    words: 'No signing key is set here. Set one, and the same one in ServiceTitan’s developer portal.',
  },
  unsigned: {
    code: 'unauthenticated',
    message: 'This webhook carries no signature in the header that is configured for this connection.',
    words:
      'They carried no signature in this header. Set the key in ServiceTitan’s developer portal, or another header name here.',
  },
  wrong_signature: {
    code: 'unauthenticated',
    message: 'The signature does not belong to this body under the key of this connection.',
    words:
      'The signature was wrong. Paste the same key here and in ServiceTitan’s developer portal; if it is, choose another encoding.',
  },
  malformed: {
    code: 'invalid_input',
    message: 'This is not a CloudEvents 1.0 body in JSON with userassignedid, time and data.tenantId.',
    words: 'The body was not one of ServiceTitan’s webhooks (version 2).',
  },
  other_tenant: {
    code: 'forbidden',
    message: 'This webhook is of another tenant than this connection.',
    words: 'They came from another tenant. Each tenant’s app needs the address of its own connection.',
  },
  replayed: {
    code: 'invalid_input',
    message: 'This webhook was made more than a day ago, or lies ahead. Changes of that time are polled.',
    words: 'They told of something more than a day ago, or of the future.',
  },
  too_large: {
    code: 'too_large',
    message: 'A webhook has 1 MB at the most.',
    words: 'They were larger than 1 MB.',
  },
} as const satisfies Record<string, WebhookRefusal>;

export type WebhookRefusalReason = keyof typeof webhookRefusals;

const refusals = new Map<string, WebhookRefusal>(Object.entries(webhookRefusals));

/** What is counted, in words. */
export function describeWebhookOutcome(outcome: string): { isRefusal: boolean; words: string } {
  if (outcome === 'accepted') return { isRefusal: false, words: 'Accepted' };
  if (outcome === 'repeated') return { isRefusal: false, words: 'Repeated deliveries of known ones' };
  return { isRefusal: true, words: refusals.get(outcome)?.words ?? outcome };
}
