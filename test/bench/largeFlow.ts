import type { DraftGraph, FlowNode } from '#backend/schemas/flow.ts';
import { condition, end, graphOf, mail, trigger, wait } from '#test/unit/flow/graphs.ts';
import { layOut } from '../../frontend/src/components/flow-builder/editor/layOut.ts';

const ways = 8;
const text = 'We are glad to help. '.repeat(60);

/** A flow of so many steps: eight long ways side by side, as the builder itself lays them out. */
export function largeFlow(steps: number): DraftGraph {
  const asked = Array.from({ length: ways - 1 }, (_, index) => condition(`ask${index}`));
  const nodes: FlowNode[] = [trigger(), ...asked];
  const edges = asked.map(({ id }, index) => (index === 0 ? `trigger > ${id}` : `ask${index - 1} no> ${id}`));
  const rest = steps - nodes.length;
  for (let way = 0; way < ways; way += 1) {
    const length = Math.floor(rest / ways) + (way < rest % ways ? 1 : 0);
    const chain = Array.from({ length }, (_, row) => stepOf(`w${way}s${row}`, row, length));
    const start = way < asked.length ? `ask${way} yes` : `ask${asked.length - 1} no`;
    nodes.push(...chain);
    edges.push(...chain.map(({ id }, row) => (row === 0 ? `${start}> ${id}` : `w${way}s${row - 1} > ${id}`)));
  }
  return layOut(graphOf(nodes, ...edges));
}

function stepOf(id: string, row: number, length: number): FlowNode {
  if (row === length - 1) return end(id);
  const subject = `Letter ${row + 1}, {{ customer.firstName }}`;
  return row % 2 === 0 ? mail(id, { subject, body: text }) : wait(id, 2);
}
