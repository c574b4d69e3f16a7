import type { z } from 'zod';
import type { OptionKind } from '../conditions.ts';

/** A way out of a node. `id` is what the edge's sourceHandle says; null: the only one. */
export interface NodeOutput {
  id: string | null;
  title: string;
}

export const onlyOutput = [{ id: null, title: '' }] as const satisfies readonly NodeOutput[];

/** What sentences call things by; undefined where a name is not known (yet). */
export interface NodeNames {
  action(actionId: string): string | undefined;
  option(kind: OptionKind, id: string | number): string | undefined;
  node(nodeId: string): string | undefined;
}

type NodeGroup = 'Trigger' | 'Messages' | 'Timing' | 'Logic' | 'Actions';

interface NodeDeclaration<Data extends z.ZodType> {
  title: string;
  description: string;
  group: NodeGroup;
  /** Words that it is also found by. */
  keywords: readonly string[];
  data: Data;
  /** What a new one begins with: as complete as can be guessed. */
  initial: Record<string, unknown>;
  /** The ways out, by what is entered so far. */
  outputs(values: Record<string, unknown>): readonly NodeOutput[];
  /** What it will do, in one sentence. */
  sentence(data: z.output<Data>, names: NodeNames): string;
}

/** A kind of node, declared once: its form, validation, drawing and words follow from it. */
export interface NodeDefinition<Data extends z.ZodType> extends NodeDeclaration<Data> {
  /** The sentence by what is entered so far; null: it is not set up yet. */
  describe(values: unknown, names: NodeNames): string | null;
}

export function defineNode<Data extends z.ZodType>(declaration: NodeDeclaration<Data>): NodeDefinition<Data> {
  return {
    ...declaration,
    describe: (values, names) => {
      const parsed = declaration.data.safeParse(values);
      return parsed.success ? declaration.sentence(parsed.data, names) : null;
    },
  };
}

/** No names at all: ids stand for themselves. */
export const noNames: NodeNames = { action: () => undefined, option: () => undefined, node: () => undefined };
