const dayMs = 86_400_000;

/** How far back a tenant can be read. Everything is the safest; less is quicker. */
export const historyChoices = [
  { value: 'all', label: 'Everything', days: null },
  { value: '1825', label: 'The last five years', days: 1825 },
  { value: '730', label: 'The last two years', days: 730 },
  { value: '365', label: 'The last year', days: 365 },
] as const;

export type HistoryChoice = (typeof historyChoices)[number]['value'];

export function isHistoryChoice(value: string | null): value is HistoryChoice {
  return historyChoices.some((choice) => choice.value === value);
}

/** The moment that a choice means, at the start of a day in UTC so that it stays the same while a form is open. */
export function historyStart(choice: HistoryChoice, now: Date): string | null {
  const days = historyChoices.find(({ value }) => value === choice)?.days ?? null;
  if (days === null) return null;
  return `${new Date(now.getTime() - days * dayMs).toISOString().slice(0, 10)}T00:00:00.000Z`;
}
