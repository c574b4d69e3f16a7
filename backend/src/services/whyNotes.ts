import type { ConnectionRow } from '../repositories/connectionRepository.ts';
import type { ExplainedFlow } from '../repositories/flowWhyRepository.ts';
import { nodeDefinitions, type FlowGraph } from '../schemas/flow.ts';
import { stateTitles } from '../schemas/state.ts';
import type { NameBook } from './NameBook.ts';

/** What holds a flow up as a whole. */
export function flowHold(status: string): string[] {
  switch (status) {
    case 'live':
      return [];
    case 'archived':
      return ['The flow is archived: it starts for nobody, and nothing goes on.'];
    default:
      return [`The flow is ${status}: nothing goes on while it is.`];
  }
}

/** What holds up everything of the person's tenant. */
export function tenantHold(tenant: Tenant | undefined): string[] {
  if (!tenant || tenant.status === 'connected') return [];
  const { name, status, status_reason: reason } = tenant;
  return status === 'paused'
    ? [`${name} is paused: nothing goes on for its customers while it is.`]
    : [`${name} needs attention, and nothing goes on for its customers: ${reason ?? 'look at its page.'}`];
}

type Tenant = Pick<ConnectionRow, 'name' | 'status' | 'status_reason'>;

/** How the flow and the person stand to each other, where nothing was asked. */
export function notesOf(standing: {
  status: string;
  graph: FlowGraph | null;
  known: ExplainedFlow;
  book: NameBook;
  held: readonly string[];
}): string[] {
  const { status, graph, known, book, held } = standing;
  if (!graph) return ['This flow was never published: it starts for nobody.'];
  const trigger = graph.nodes.find((node) => node.type === 'trigger');
  if (!trigger) return [...held];
  const listens = `It starts: ${nodeDefinitions.trigger.sentence(trigger.data, book.namesFor(graph))}.`;
  const ids = 'connectionIds' in trigger.data ? trigger.data.connectionIds : [];
  const isElsewhere =
    known.journeys.length > 0 &&
    ids.length > 0 &&
    !known.journeys.some(({ connectionId }) => ids.includes(connectionId));
  const missing = neverEntered(trigger.data, known);
  if (status === 'archived') return [...held, listens];
  return [
    ...(isElsewhere ? ['This person belongs to a tenant that the flow is not for.'] : []),
    ...(missing === null ? [] : [missing]),
    ...held,
    listens,
  ];
}

function neverEntered(
  data: Extract<FlowGraph['nodes'][number], { type: 'trigger' }>['data'],
  { entered, journeys, starts }: ExplainedFlow,
): string | null {
  if (starts.length > 0) return null;
  if (journeys.length === 0)
    return 'This person has no opportunity in ServiceTitan that a flow could start for.';
  if (data.on === 'manual') return 'Nobody has started it for this person.';
  if (data.on === 'flow') return 'No other flow has started it for this person.';
  if (data.on !== 'state_changed') return 'It was never asked whether it starts for this person.';
  const names = data.states.map((state) => `"${stateTitles[state]}"`).join(' or ');
  if (data.states.some((state) => entered.includes(state)))
    return `The person entered ${names} before the flow listened to it, or before the person's tenant was connected.`;
  const [now] = journeys;
  return `The person never entered ${names}${now ? `, and is in "${stateTitles[now.state]}"` : ''}.`;
}
