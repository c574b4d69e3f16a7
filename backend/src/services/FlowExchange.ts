import { AppError } from '../errors.ts';
import { exportFlow, importGraph, readFlowFile, type Mapping } from '../flow/exportFlow.ts';
import { listReferences, type FindInput } from '../flow/mapReferences.ts';
import type { Database } from '../repositories/database.ts';
import { findFlow } from '../repositories/flowRepository.ts';
import type { FlowReply } from '../schemas/api.ts';
import type { DraftGraph } from '../schemas/flow.ts';
import type { ExportReply, ImportPreviewReply, MissingReference } from '../schemas/flowApi.ts';
import { keyOfReference, type FlowFile } from '../schemas/flowFile.ts';
import type { FlowService } from './FlowService.ts';
import type { NameBook } from './NameBook.ts';
import type { OptionService } from './OptionService.ts';

const largestFile = 1_000_000;

interface ExchangeDeps {
  database: Database;
  flows: FlowService;
  options: OptionService;
  findAction: FindInput;
}

/** Takes flows out of a workspace as files, and files in as flows. */
export class FlowExchange {
  readonly #deps: ExchangeDeps;

  constructor(deps: ExchangeDeps) {
    this.#deps = deps;
  }

  /** The draft as a file, without secrets. */
  async export(workspaceId: string, flowId: string): Promise<ExportReply> {
    const { database, options, findAction } = this.#deps;
    const [flow, book] = await Promise.all([
      findFlow(database, workspaceId, flowId),
      options.names(workspaceId),
    ]);
    if (!flow) throw new AppError('not_found', 'This flow does not exist.');
    const { name, description, draft: graph } = flow;
    const names = { findInput: findAction, nameOf: book.nameOf.bind(book) };
    return exportFlow({ name, description, graph }, names);
  }

  /** What importing a file would bring, and what of it this workspace does not have. */
  async preview(workspaceId: string, value: unknown): Promise<ImportPreviewReply> {
    const file = readFile(value);
    const { flows, options } = this.#deps;
    const book = await options.names(workspaceId);
    const { name, description, graph, leftOut } = file;
    const missing = this.missing(file, book);
    // As it would come in if nothing else is chosen.
    const suggested = missing.flatMap(({ key, suggestion }) =>
      suggestion ? [[key, suggestion.id] as const] : [],
    );
    const mapped = importGraph(file, Object.fromEntries(suggested), this.#deps.findAction);
    const problems = await flows.check(workspaceId, mapped);
    return { name, description, graph, problems, missing, leftOut };
  }

  /** A new draft of a file. What the mapping does not name stays as it is in the file. */
  async import(
    asked: { workspaceId: string; actor: string; templateKey?: string },
    value: unknown,
    mapping: Mapping,
  ): Promise<FlowReply> {
    const file = readFile(value);
    const graph: DraftGraph = importGraph(file, mapping, this.#deps.findAction);
    const { name, description } = file;
    const { workspaceId, actor: author, templateKey = null } = asked;
    return this.#deps.flows.add({ workspaceId, name, description, templateKey, graph, author });
  }

  /** What a file names that does not exist here, with what has the same name. */
  missing({ graph, references }: FlowFile, book: NameBook): MissingReference[] {
    const names = new Map(references.map((reference) => [keyOfReference(reference), reference.name]));
    return listReferences(graph, this.#deps.findAction).flatMap(
      ({ kind, id, usedBy }): MissingReference[] => {
        const key = keyOfReference({ kind, id });
        const name = names.get(key) ?? '';
        // Another tenant's number may be something else here: the name decides.
        if (book.isCalled(kind, id, name)) return [];
        return [{ kind, id, key, name: name || String(id), usedBy, suggestion: book.findByName(kind, name) }];
      },
    );
  }
}

function readFile(value: unknown): FlowFile {
  // A body is at most 2 MB: this is no more work than reading it was.
  if (Buffer.byteLength(JSON.stringify(value ?? null)) > largestFile)
    throw new AppError('too_large', 'The file is larger than 1 MB: that is no exported flow.');
  const read = readFlowFile(value);
  if ('file' in read) return read.file;
  const [first] = read.issues;
  throw new AppError(
    'invalid_input',
    first ? `${first.field}: ${first.message}` : 'Choose an exported flow.',
    {
      issues: read.issues,
    },
  );
}
