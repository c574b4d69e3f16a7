import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { checkFlow } from '../flow/checkFlows.ts';
import { importGraph, type Mapping } from '../flow/exportFlow.ts';
import { findGalleryFlow, galleryFlows } from '../flow/gallery/galleryFlows.ts';
import type { GalleryFlow } from '../flow/gallery/galleryFlow.ts';
import { outerEffects } from '../flow/runFixture.ts';
import type { FlowCatalogue } from '../flow/validateGraph.ts';
import type { Database } from '../repositories/database.ts';
import { listDiagnoses } from '../repositories/diagnosisRepository.ts';
import { listFlows } from '../repositories/flowRepository.ts';
import { getWorkspace } from '../repositories/workspaceRepository.ts';
import type { FlowReply } from '../schemas/api.ts';
import { emptyGraph, nodeDefinitions, type DraftGraph } from '../schemas/flow.ts';
import type { Enrolment, GalleryCard, GalleryReply } from '../schemas/flowApi.ts';
import { keyOfReference, type ReferenceMapping } from '../schemas/flowFile.ts';
import { countEnrolments } from './countEnrolment.ts';
import type { FlowExchange } from './FlowExchange.ts';
import { needsOf, type NeedsQuestion } from './galleryNeeds.ts';
import type { NameBook } from './NameBook.ts';
import type { OptionService } from './OptionService.ts';

interface GalleryDeps {
  database: Database;
  clock: Clock;
  options: OptionService;
  exchange: FlowExchange;
  findAction(actionId: string):
    | (NonNullable<ReturnType<FlowCatalogue['findAction']>> & {
        effect: 'read' | 'write' | 'state';
        scopes?: readonly string[];
      })
    | undefined;
}

interface Known extends NeedsQuestion {
  installed: ReadonlyMap<string, GalleryCard['installed']>;
}

/** Flows that a workspace can take over: what they do, need, and would do for it now. */
export class FlowGallery {
  readonly #deps: GalleryDeps;
  /** Of each flow, made once: nothing in it changes while the program runs. */
  readonly #examples = new Map<string, GalleryCard['example']>();

  constructor(deps: GalleryDeps) {
    this.#deps = deps;
  }

  async list(workspaceId: string): Promise<GalleryReply> {
    const known = await this.#know(workspaceId);
    const asked = galleryFlows.map((flow) => ({ flowId: null, graph: graphHere(flow, known.book) }));
    const enrolments = await countEnrolments(this.#deps, workspaceId, asked);
    return { flows: galleryFlows.map((flow, index) => this.#card(flow, known, enrolments[index] ?? null)) };
  }

  /** A draft of its own; names that the workspace has as well are put in the place of the gallery's. */
  async install(
    asked: { workspaceId: string; actor: string },
    key: string,
    mapping: ReferenceMapping,
  ): Promise<FlowReply> {
    const flow = findGalleryFlow(key);
    if (!flow) throw new AppError('not_found', `The gallery has no flow ${key}.`);
    const { database, options, exchange } = this.#deps;
    const [book, rows] = await Promise.all([
      options.names(asked.workspaceId),
      listFlows(database, asked.workspaceId, null),
    ]);
    const isFirst = rows.every(({ templateKey }) => templateKey !== key);
    const { name, description, graph, references } = flow;
    const file = { format: 'chou-flow', formatVersion: 1, name, description, graph, references, leftOut: [] };
    const mapped = { ...namesakes(flow, book), ...mapping };
    if (!isFirst) return exchange.import(asked, file, mapped);
    try {
      return await exchange.import({ ...asked, templateKey: key }, file, mapped);
    } catch (error) {
      // Somebody was first in this very moment.
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
      return exchange.import(asked, file, mapped);
    }
  }

  async #know(workspaceId: string): Promise<Known> {
    const { database, options } = this.#deps;
    const [workspace, book, connections, rows] = await Promise.all([
      getWorkspace(database, workspaceId),
      options.names(workspaceId),
      listDiagnoses(database, workspaceId),
      listFlows(database, workspaceId, null),
    ]);
    const installed = rows.flatMap(({ id: flowId, status, templateKey }) =>
      templateKey === null ? [] : [[templateKey, { flowId, status }] as const],
    );
    return { workspace, book, connections, installed: new Map(installed) };
  }

  #card(flow: GalleryFlow, known: Known, enrolment: Enrolment | null): GalleryCard {
    const { key, name, description, category, graph } = flow;
    const names = known.book.namesFor(graph);
    return {
      key,
      name,
      description,
      category,
      graph,
      sentences: graph.nodes.flatMap(
        ({ type, data }) => nodeDefinitions[type].describe(data, withoutIds(names, flow)) ?? [],
      ),
      needs: needsOf(flow, known, (actionId) => this.#deps.findAction(actionId)),
      installed: known.installed.get(key) ?? null,
      enrolment: enrolment && { count: enrolment.count, isExact: enrolment.isExact },
      example: this.#example(flow),
    };
  }

  #example(flow: GalleryFlow): GalleryCard['example'] {
    const known = this.#examples.get(flow.key) ?? exampleOf(flow, this.#deps);
    this.#examples.set(flow.key, known);
    return known;
  }
}

function exampleOf(
  { name, graph, fixtures }: GalleryFlow,
  tools: Pick<GalleryDeps, 'findAction'>,
): GalleryCard['example'] {
  const [fixture] = fixtures;
  const check = checkFlow(
    { name, graph, fixtures: fixture ? [{ source: fixture.name, fixture }] : [] },
    tools,
  );
  const trial = check.fixtures[0]?.result?.trial;
  return {
    name: fixture?.name ?? '',
    messages: (trial ? outerEffects(trial) : []).map(({ day, step }) => ({
      day,
      subject: step.message?.subject ?? step.action?.title ?? '',
    })),
  };
}

/** What is called here as the gallery calls it, in each tenant; what is not is left out, and has to be chosen. */
function namesakes({ references }: GalleryFlow, book: NameBook): Mapping {
  const found = references.map((reference) => {
    const ids = book.findAllByName(reference.kind, reference.name).map(({ id }) => id);
    return [keyOfReference(reference), ids.length > 0 ? ids : null] as const;
  });
  return Object.fromEntries(found);
}

/** The flow with what is called so here; nothing, where that is still to be chosen: whom it is for is not known then. */
function graphHere(flow: GalleryFlow, book: NameBook): DraftGraph {
  const isKnown = flow.references.every(({ kind, name }) => book.findAllByName(kind, name).length > 0);
  return isKnown ? importGraph(flow, namesakes(flow, book), () => undefined) : emptyGraph;
}

/** Names stand for the words that the gallery has in the place of ids. */
function withoutIds(names: ReturnType<NameBook['namesFor']>, { references }: GalleryFlow) {
  return {
    ...names,
    option: (kind: Parameters<typeof names.option>[0], id: string | number) =>
      references.find((reference) => reference.kind === kind && reference.id === id)?.name ??
      names.option(kind, id),
  };
}
