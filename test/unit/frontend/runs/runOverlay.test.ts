import { describe, expect, it } from 'vitest';
import { chain, condition, end, graphOf, mail, trigger, wait } from '#test/unit/flow/graphs.ts';
import { runOverlay } from '../../../../frontend/src/components/runs/runOverlay.ts';
import { stepOf } from './replies.ts';

const forked = graphOf(
  [trigger(), condition('c'), mail('a'), mail('b'), end('z')],
  'trigger > c',
  'c yes> a',
  'c no> b',
  'b > z',
);

describe('a run’s way on the canvas', () => {
  it('dims the way that was not taken', () => {
    const steps = [
      stepOf('trigger', 'done'),
      stepOf('c', 'done', 'no'),
      stepOf('b', 'done'),
      stepOf('z', 'done'),
    ];
    const { overlay, dimEdges } = runOverlay(forked, { steps, isOver: true });
    expect([...dimEdges]).toEqual(['c yes> a']);
    expect(Object.fromEntries(overlay.marks)).toEqual({
      trigger: 'passed',
      c: 'passed',
      a: 'notTaken',
      b: 'passed',
      z: 'passed',
    });
  });

  it('tells what is still ahead from what was passed by', () => {
    const steps = [stepOf('trigger', 'done'), stepOf('c', 'done', 'no'), stepOf('b', 'failed')];
    const { overlay } = runOverlay(forked, { steps, isOver: false });
    expect([overlay.marks.get('a'), overlay.marks.get('z')]).toEqual(['notTaken', 'later']);
    expect(overlay.steps.get('b')).toBe('failed');
  });

  it('has nothing ahead once the run is over', () => {
    const graph = chain(trigger(), wait('w', 1), mail('a'));
    const steps = [stepOf('trigger', 'done'), stepOf('w', 'canceled')];
    expect(runOverlay(graph, { steps, isOver: true }).overlay.marks.get('a')).toBe('notTaken');
  });

  it('shows of a step that was done twice how it was the last time', () => {
    const steps = [
      stepOf('c', 'done', 'yes'),
      stepOf('c', 'done', 'no'),
      stepOf('b', 'skipped'),
      stepOf('a', 'done'),
    ];
    const { overlay, dimEdges } = runOverlay(forked, { steps, isOver: true });
    expect(overlay.steps.get('c')).toBe('done');
    expect([...dimEdges]).toEqual(['trigger > c', 'b > z']);
  });
});
