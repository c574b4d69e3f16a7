import { flowGraph, type DraftGraph, type FlowProblem } from '../schemas/flow.ts';
import { flowFixture } from '../schemas/flowFile.ts';
import type { NodeNames } from '../schemas/nodes/defineNode.ts';
import { importGraph, type FileIssue } from './exportFlow.ts';
import { runFixture, type FixtureResult } from './runFixture.ts';
import { validateGraph, type FlowCatalogue } from './validateGraph.ts';

/** A flow to be checked, and what is to come of it, as they were written. */
export interface CheckedFlow {
  name: string;
  graph: DraftGraph;
  fixtures: readonly { source: string; fixture: unknown }[];
}

export interface FlowCheck {
  name: string;
  /** Why it could not be published. */
  problems: FlowProblem[];
  fixtures: { source: string; issues: FileIssue[]; result: FixtureResult | null }[];
  isGood: boolean;
}

interface CheckTools {
  findAction(
    actionId: string,
  ):
    | (NonNullable<ReturnType<FlowCatalogue['findAction']>> & { effect: 'read' | 'write' | 'state' })
    | undefined;
}

/** Validates a flow and leads each fixture's customer through it. Needs neither database nor network. */
export function checkFlow({ name, graph: draft, fixtures }: CheckedFlow, tools: CheckTools): FlowCheck {
  const findAction = (actionId: string) => tools.findAction(actionId);
  const catalogue = { findAction, postalAddress: 'known' };
  const problems = validateGraph(draft, catalogue).filter(({ severity }) => severity === 'error');
  const checked = fixtures.map(({ source, fixture: written }) => {
    const parsed = flowFixture.safeParse(written);
    if (!parsed.success) {
      const issues = parsed.error.issues.map(({ path, message }) => ({
        field: path.map(String).join('.'),
        message,
      }));
      return { source, issues, result: null };
    }
    const mapped = importGraph({ graph: draft }, parsed.data.mapping, findAction);
    const graph = flowGraph.safeParse(mapped);
    if (!graph.success)
      return { source, issues: [{ field: '', message: 'The flow is not finished.' }], result: null };
    const names = namesIn(graph.data, findAction);
    return { source, issues: [], result: runFixture(graph.data, parsed.data, { findAction, names }) };
  });
  const isGood =
    problems.length === 0 &&
    checked.every(({ issues, result }) => issues.length === 0 && result?.differences.length === 0);
  return { name, problems, fixtures: checked, isGood };
}

function namesIn(graph: DraftGraph, findAction: (id: string) => { title: string } | undefined): NodeNames {
  return {
    action: (actionId) => findAction(actionId)?.title,
    option: () => undefined,
    node: (nodeId) => graph.nodes.find(({ id }) => id === nodeId)?.title,
  };
}
