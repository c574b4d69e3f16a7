import type { UseMutationResult } from '@tanstack/react-query';
import type { WebhookReply, WebhookRequest } from '#backend/schemas/webhooks.ts';

/** Saves some of a connection's webhook settings; the rest stays as it is. */
export type SaveWebhook = UseMutationResult<WebhookReply, Error, Partial<WebhookRequest>>;
