import type { DraftGraph } from '../schemas/flow.ts';
import {
  flowFile,
  keyOfReference,
  longestName,
  type FlowFile,
  type ReferenceId,
  type ReferenceKind,
  type ReferenceMapping,
} from '../schemas/flowFile.ts';
import { listReferences, mapReferences, withoutSecrets, type FindInput } from './mapReferences.ts';

/** A flow as a file: without secrets, with the names of whatever it names. */
export function exportFlow(
  flow: { name: string; description: string; graph: DraftGraph },
  names: { findInput: FindInput; nameOf(kind: ReferenceKind, id: ReferenceId): string | undefined },
): FlowFile {
  const { graph, leftOut } = withoutSecrets(flow.graph, names.findInput);
  const references = listReferences(graph, names.findInput).map(({ kind, id }) => ({
    kind,
    id,
    name: (names.nameOf(kind, id) ?? '').slice(0, longestName),
  }));
  const { name, description } = flow;
  return { format: 'chou-flow', formatVersion: 1, name, description, graph, references, leftOut };
}

/** As somebody maps references; where each tenant has an id of its own for one thing, to all of these. */
export type Mapping = Readonly<Record<string, ReferenceMapping[string] | readonly ReferenceId[]>>;

/** The graph of a file with what the mapping has in the place of what is named; null leaves it out. */
export function importGraph(
  file: Pick<FlowFile, 'graph'>,
  mapping: Mapping,
  findInput: FindInput,
): DraftGraph {
  return mapReferences(
    file.graph,
    (named) => {
      const mapped = mapping[keyOfReference(named)];
      return mapped === undefined ? named.id : mapped;
    },
    findInput,
  );
}

export interface FileIssue {
  field: string;
  message: string;
}

/** A file as somebody hands it in; what is wrong is named by its path. */
export function readFlowFile(value: unknown): { file: FlowFile } | { issues: FileIssue[] } {
  const parsed = flowFile.safeParse(value);
  if (parsed.success) {
    const issues = repeatedIds(parsed.data);
    return issues.length === 0 ? { file: parsed.data } : { issues };
  }
  // Who takes the wrong file is helped by that alone.
  const format = parsed.error.issues.find(({ path }) => path[0] === 'format' || path.length === 0);
  const issues = format ? [format] : parsed.error.issues.slice(0, 50);
  return {
    issues: issues.map(({ path, message }) => ({ field: ['file', ...path].map(String).join('.'), message })),
  };
}

/** Of two steps with one id only one would be found, by whatever speaks of it. */
function repeatedIds({ graph }: FlowFile): FileIssue[] {
  const seen = new Set<string>();
  return (['nodes', 'notes'] as const).flatMap((list) =>
    graph[list].flatMap(({ id }, index): FileIssue[] => {
      const isRepeated = seen.has(id);
      seen.add(id);
      return isRepeated
        ? [
            {
              field: `file.graph.${list}.${index}.id`,
              message: `"${id}" is there twice: give each an id of its own.`,
            },
          ]
        : [];
    }),
  );
}
