import { describe, expect, test } from 'vitest';
import { drawFlow, when } from '#backend/flow/gallery/galleryFlow.ts';
import { planMove } from '#backend/flow/planMove.ts';
import type { FlowGraph } from '#backend/schemas/flow.ts';

const wait = (id: string) => ({ id, type: 'wait', data: { amount: 1, unit: 'days' } }) as const;
const end = (id: string) => ({ id, type: 'end', data: {} }) as const;
const isBig = when({ field: 'job.total', operator: 'greater', value: 1 });

const before = drawFlow({
  trigger: { on: 'manual' },
  steps: [
    wait('one'),
    { id: 'fork', type: 'condition', data: { if: isBig } },
    wait('left'),
    wait('right'),
    { id: 'back', type: 'go_to', data: { target: 'one' } },
    end('over'),
  ],
  ways: ['trigger > one', 'one > fork', 'fork yes> left', 'fork no> right', 'left > back', 'right > over'],
});

function without(...ids: string[]): FlowGraph {
  const nodes = before.nodes.filter(({ id }) => !ids.includes(id));
  return {
    ...before,
    nodes,
    edges: before.edges.filter(({ source, target }) => !ids.includes(source) && !ids.includes(target)),
  };
}

describe('people under way in an old version', () => {
  test('stay where they are when the step is still there', () => {
    expect(planMove(before, without('right')).get('left')).toBe('left');
  });

  test('go on at the nearest following step when theirs is gone', () => {
    expect(planMove(before, without('one')).get('one')).toBe('fork');
    expect(planMove(before, without('one', 'fork')).get('one')).toBe('left');
    expect(planMove(before, without('left')).get('left')).toBe('back');
  });

  test('follow a jump that is gone to where it led', () => {
    expect(planMove(before, without('left', 'back')).get('left')).toBe('one');
  });

  test('are done when nothing that follows is left', () => {
    expect(planMove(before, without('right', 'over')).get('right')).toBeNull();
  });

  test('are not put into a step of another kind', () => {
    const nodes = before.nodes.map((node) =>
      node.id === 'right' ? { ...end('right'), position: { x: 0, y: 0 } } : node,
    );
    expect(planMove(before, { ...before, nodes }).get('right')).toBe('over');
  });

  test('are not looked for for ever in a circle', () => {
    const plan = planMove(before, { ...before, nodes: [], edges: [] });
    expect([...plan.values()].every((target) => target === null)).toBe(true);
  });
});
