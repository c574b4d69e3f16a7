import { z } from 'zod';

const shareDraft = z.object({
  id: z.string(),
  title: z.string().catch(''),
  percent: z.number().catch(0),
});
export type ShareDraft = z.infer<typeof shareDraft>;

/** The ways of a split as far as they are entered. */
export function readShares(value: unknown): ShareDraft[] {
  const parsed = z.array(shareDraft).safeParse(value);
  return parsed.success ? parsed.data : [];
}

export function sumOf(shares: readonly ShareDraft[]): number {
  return Math.round(shares.reduce((sum, { percent }) => sum + percent, 0) * 100) / 100;
}

/** The same for all; what does not divide goes to the first. */
export function evenShares(shares: readonly ShareDraft[]): ShareDraft[] {
  const each = Math.floor(100 / shares.length);
  const rest = 100 - each * shares.length;
  return shares.map((share, index) => ({ ...share, percent: index === 0 ? each + rest : each }));
}

/** An id that no way has: connections are known by it, so that it never changes. */
export function newShareId(shares: readonly ShareDraft[]): string {
  const taken = new Set(shares.map(({ id }) => id));
  for (let index = 0; ; index += 1) {
    const id = index < 26 ? String.fromCodePoint(97 + index) : `w${index}`;
    if (!taken.has(id)) return id;
  }
}
