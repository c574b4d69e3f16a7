import type { UseMutationResult } from '@tanstack/react-query';
import type { WebhookReply, WebhookRequest } from '#backend/schemas/webhooks.ts';
import { ApiError } from '../../api.ts';

/** Saves some of a connection's webhook settings; the rest stays as it is. */
export type SaveWebhook = UseMutationResult<WebhookReply, Error, Partial<WebhookRequest>>;

/** What is wrong with a field; nothing when the error is about something else. */
export function issueOf(error: Error | null, field: keyof WebhookRequest): string | undefined {
  const issues = error instanceof ApiError ? error.issues : [];
  return issues.find((issue) => issue.field === field)?.message;
}
