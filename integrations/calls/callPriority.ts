/** Whose call goes first, most urgent first: a person waits, a flow has an appointment, a poll comes again, a backfill has time. */
export const callPriorities = ['person', 'flow', 'poll', 'backfill'] as const;

export type CallPriority = (typeof callPriorities)[number];
