import type { ReadPathState } from '#backend/schemas/api.ts';

/** What a way of reading brings. */
export const pathWords = {
  list: 'what changed',
  feed: 'export feed',
  full: 'all, to find what vanished',
} as const satisfies Record<ReadPathState['path'], string>;
