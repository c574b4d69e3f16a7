/** What the weather makes of each month's calls, January first: heat and cold bring them, spring and autumn do not. */
const demandByMonth = [1.3, 1.1, 0.7, 0.55, 0.85, 1.4, 1.6, 1.45, 0.9, 0.6, 0.8, 1.2] as const;
/** Tune-ups are what fills the quiet months. */
const tuneUpsByMonth = [0.5, 0.7, 1.3, 1.6, 1.3, 0.6, 0.4, 0.5, 1.3, 1.6, 1.2, 0.6] as const;

export type Season = 'demand' | 'tune_ups';

const busiest = 1.6;

/** The share of draws that a moment of the year keeps. */
export function seasonShare(moment: Date, season: Season): number {
  const months = season === 'demand' ? demandByMonth : tuneUpsByMonth;
  return (months[moment.getUTCMonth()] ?? 1) / busiest;
}
