import type { DraftGraph } from '#backend/schemas/flow.ts';
import type { Clip } from './clipboard.ts';
import { spacing, type Place } from './flowDocument.ts';

/** A part of the canvas. */
export interface SeenPart {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const aside = { x: 40, y: 60 } as const;
const tooNear = 20;

/** How far what is pasted is moved: into sight when it would lie outside, and never right on what stands there. */
export function pasteOffset(graph: DraftGraph, clip: Clip, seen: SeenPart | null): Place {
  const things = [...clip.nodes, ...clip.notes].map(({ position }) => position);
  const there = [...graph.nodes, ...graph.notes].map(({ position }) => position);
  let by = seen ? intoSight(things, seen) : { x: 0, y: 0 };
  const covers = ({ x, y }: Place) =>
    there.some((other) => Math.abs(other.x - x - by.x) < tooNear && Math.abs(other.y - y - by.y) < tooNear);
  // Each turn leaves at least one thing behind for good.
  for (let turns = 0; turns <= there.length && things.some(covers); turns += 1)
    by = { x: by.x + aside.x, y: by.y + aside.y };
  return by;
}

function intoSight(things: readonly Place[], { left, top, right, bottom }: SeenPart): Place {
  const x = Math.min(...things.map((place) => place.x));
  const y = Math.min(...things.map((place) => place.y));
  const isSeen = x >= left && x <= right - spacing.column / 2 && y >= top && y <= bottom - spacing.row / 2;
  if (isSeen) return { x: 0, y: 0 };
  const middle = (left + right - spacing.column) / 2;
  return { x: middle - x, y: top + aside.y - y };
}
