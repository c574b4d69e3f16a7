import { z } from 'zod';
import { maskValues } from '#integrations/maskValues.ts';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { factsOf } from '../flow/factsOf.ts';
import { previewEmail } from '../flow/previewEmail.ts';
import { readScope } from '../flow/readScope.ts';
import { sawWords } from '../flow/stepWords.ts';
import { templateScope, templateVariables } from '../flow/templateScope.ts';
import { tryFlow } from '../flow/tryFlow.ts';
import { variableTitles } from '../flow/variableTitles.ts';
import type { Database } from '../repositories/database.ts';
import { findFlow } from '../repositories/flowRepository.ts';
import { loadContactContext, loadJourneyContexts } from '../repositories/flowRunRepository.ts';
import { loadRecipient } from '../repositories/optionRepository.ts';
import { facts, isFactName } from '../schemas/conditions.ts';
import { emptyGraph, flowGraph, type DraftGraph, type FlowGraph } from '../schemas/flow.ts';
import type {
  EmailPreviewReply,
  EmailPreviewRequest,
  TriedStep,
  TryReply,
  TryRequest,
  VariablesReply,
  VariableValue,
} from '../schemas/flowApi.ts';
import type { OptionService } from './OptionService.ts';

const values = z.record(z.string(), z.unknown());
const unknownCustomer = 'Unknown customer';

interface TrialDeps {
  database: Database;
  clock: Clock;
  options: OptionService;
  findAction(
    actionId: string,
  ): { title: string; effect: 'read' | 'write' | 'state'; input: z.ZodType } | undefined;
}

/** Tries flows out with real customers: nothing is written, and nobody is written to. */
export class FlowTrial {
  readonly #deps: TrialDeps;

  constructor(deps: TrialDeps) {
    this.#deps = deps;
  }

  /** Leads a journey's customer through the draft, the clock ahead. */
  async try(workspaceId: string, flowId: string, request: TryRequest): Promise<TryReply> {
    const { database, clock, options } = this.#deps;
    const [flow, book, who] = await Promise.all([
      findFlow(database, workspaceId, flowId),
      options.names(workspaceId),
      this.#know(workspaceId, request.journeyId),
    ]);
    if (!flow) throw new AppError('not_found', 'This flow does not exist.');
    const graph = complete(request.graph ?? flow.draft);
    const { personKey, context, recipient } = who;
    const told = tryFlow({
      graph,
      context,
      start: clock.now(),
      days: request.days,
      personKey,
      future: request.future,
      recipient,
      names: book.namesFor(graph),
      findAction: (actionId) => this.#deps.findAction(actionId),
    });
    return {
      ...told,
      steps: told.steps.map((step) => ({ ...step, action: step.action && this.#masked(step.action) })),
      customerName: context.customer?.name ?? unknownCustomer,
    };
  }

  /** One e-mail of a flow, while it is written, as it would reach a customer. */
  async previewEmail(
    workspaceId: string,
    flowId: string,
    { journeyId, ...email }: EmailPreviewRequest,
  ): Promise<EmailPreviewReply> {
    const [flow, { context, recipient }] = await Promise.all([
      findFlow(this.#deps.database, workspaceId, flowId),
      this.#know(workspaceId, journeyId),
    ]);
    if (!flow) throw new AppError('not_found', 'This flow does not exist.');
    const preview = previewEmail({ graph: flow.draft, email, context, recipient });
    return { customerName: context.customer?.name ?? unknownCustomer, ...preview };
  }

  /** What templates and conditions may name, with what a journey has for it. */
  async variables(workspaceId: string, journeyId: string | null): Promise<VariablesReply> {
    const { clock, options } = this.#deps;
    if (journeyId === null)
      return { customerName: null, variables: variableRows(() => null), facts: factRows(() => null) };
    const [{ context }, book] = await Promise.all([
      this.#know(workspaceId, journeyId),
      options.names(workspaceId),
    ]);
    const scope = templateScope(context);
    const names = book.namesFor(emptyGraph);
    const look = factsOf(context, clock.now());
    return {
      customerName: context.customer?.name ?? null,
      variables: variableRows((name) => readScope(scope, name)),
      facts: factRows((name) => {
        const value = look(name);
        return value === null ? null : sawWords(name, value, names);
      }),
    };
  }

  /** Secrets are shown to nobody, not even as they are stored. */
  #masked(action: NonNullable<TriedStep['action']>): TriedStep['action'] {
    const found = this.#deps.findAction(action.actionId);
    const input = found && values.parse(maskValues(found.input, action.input, 'marketer'));
    return { ...action, input: input ?? {} };
  }

  /** A journey's customer, or a contact that has no journey yet. */
  async #know(workspaceId: string, id: string) {
    const { database } = this.#deps;
    const [contexts, recipient] = await Promise.all([
      loadJourneyContexts(database, { workspaceId, journeyIds: [id] }),
      loadRecipient(database, workspaceId, id),
    ]);
    const found = contexts[id] ?? (recipient && (await loadContactContext(database, workspaceId, id)));
    if (!found || !recipient)
      throw new AppError('not_found', 'This customer is not in this workspace. Choose another.');
    return { ...found, recipient };
  }
}

function complete(draft: DraftGraph): FlowGraph {
  const parsed = flowGraph.safeParse(draft);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({
    field: fieldOf(draft, path.map(String)),
    message,
  }));
  throw new AppError('invalid_input', 'Finish the steps that are listed, then try it out.', { issues });
}

/** A step is known by its id, not by its place. */
function fieldOf(draft: DraftGraph, [list, place, ...path]: string[]): string {
  const node = list === 'nodes' ? draft.nodes[Number(place)] : undefined;
  const parts = node ? [node.id, ...path] : [list, place, ...path];
  return parts.filter((part) => part !== undefined).join('.');
}

function variableRows(valueOf: (name: string) => string | null): VariableValue[] {
  return templateVariables.flatMap((name) => {
    const known = variableTitles.get(name);
    return known ? [{ name, ...known, value: valueOf(name) }] : [];
  });
}

function factRows(valueOf: (name: string) => string | null): VariableValue[] {
  return Object.keys(facts)
    .filter(isFactName)
    .map((name) => ({ name, title: facts[name].title, group: facts[name].group, value: valueOf(name) }));
}
