/** Every state of a circuit, and where each event leads; null: nothing changes. */
export const circuitTable = {
  closed: { failed_often: 'open', answered: null, tried: null },
  open: { failed_often: null, answered: 'closed', tried: 'half_open' },
  half_open: { failed_often: 'open', answered: 'closed', tried: null },
} as const;

export type CircuitState = keyof typeof circuitTable;

/** So many calls in a row that fail, each after its retries, open a circuit. */
export const failuresToOpen = 5;
export const firstOpenMs = 30_000;
export const longestOpenMs = 600_000;
/** A trial that nobody reports on, because its process died, is over after this. */
export const trialMs = 120_000;

/** How long a circuit stays open, the longer the more often it has been opened in a row. */
export function openMs(openings: number): number {
  return Math.min(longestOpenMs, firstOpenMs * 2 ** (openings - 1));
}
