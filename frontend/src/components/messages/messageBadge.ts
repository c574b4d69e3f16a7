import type { MessageStatus } from '#backend/schemas/api.ts';
import type { Status } from '../common/StatusBadge.tsx';

/** A skipped step was not due; a skipped message was held back on purpose. */
export function messageBadge(status: MessageStatus): Status {
  return status === 'skipped' ? 'notSent' : status;
}
