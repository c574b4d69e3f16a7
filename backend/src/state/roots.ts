import { z } from 'zod';

/** A record that a journey can be known by. */
export const journeyRoot = z.object({
  type: z.enum(['job', 'estimate', 'lead', 'booking']),
  id: z.int().positive(),
});
export type JourneyRoot = z.infer<typeof journeyRoot>;

/** "job:123": a record as one string. */
export function keyOf(record: { type: string; id: number | string }): string {
  return `${record.type}:${record.id}`;
}

const typeOrder = ['job', 'estimate', 'lead', 'booking'] as const satisfies readonly JourneyRoot['type'][];

/** By smallest id; ids of different kinds of record may be equal, then a job comes before what became it. */
export function compareRoots(one: JourneyRoot, other: JourneyRoot): number {
  return one.id - other.id || typeOrder.indexOf(one.type) - typeOrder.indexOf(other.type);
}
