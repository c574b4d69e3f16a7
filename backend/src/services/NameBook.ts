import type { OptionKind } from '../schemas/conditions.ts';
import type { ReferenceId, ReferenceKind } from '../schemas/flowFile.ts';
import type { NodeNames } from '../schemas/nodes/defineNode.ts';
import type { DraftGraph } from '../schemas/flow.ts';
import { titleOfNode } from '../flow/titleOfNode.ts';
import { optionSources } from './optionSources.ts';

export interface NamedOption {
  id: ReferenceId;
  name: string;
}

/** The names that a workspace has for ids, at one moment. */
export class NameBook {
  readonly #lists: ReadonlyMap<OptionKind, readonly NamedOption[]>;
  readonly #findAction: (actionId: string) => { title: string } | undefined;

  constructor(
    lists: ReadonlyMap<OptionKind, readonly NamedOption[]>,
    findAction: (actionId: string) => { title: string } | undefined,
  ) {
    this.#lists = lists;
    this.#findAction = findAction;
  }

  /** What it is called here; undefined: it does not exist here. */
  nameOf(kind: ReferenceKind, id: ReferenceId): string | undefined {
    if (kind === 'actions') return this.#findAction(String(id))?.title;
    // What is asked of the tenants at once is known by its name.
    if ('asked' in optionSources[kind]) return String(id);
    return this.#lists.get(kind)?.find((option) => String(option.id) === String(id))?.name;
  }

  /** Whether this id is called so here, in any tenant: another tenant's number may be something else. */
  isCalled(kind: ReferenceKind, id: ReferenceId, name: string): boolean {
    if (kind === 'actions' || name === '' || 'asked' in optionSources[kind])
      return this.nameOf(kind, id) !== undefined;
    return this.#called(kind, name).some((option) => String(option.id) === String(id));
  }

  /** What has this name here, if only one thing has. */
  findByName(kind: ReferenceKind, name: string): NamedOption | null {
    const [found, second] = this.findAllByName(kind, name);
    return found && !second ? found : null;
  }

  /** Everything that has this name here: each tenant has a number of its own for it. */
  findAllByName(kind: ReferenceKind, name: string): NamedOption[] {
    if (kind === 'actions' || name === '') return [];
    return [...new Map(this.#called(kind, name).map((option) => [String(option.id), option])).values()];
  }

  /** The names for the sentences of a graph's nodes. */
  namesFor(graph: DraftGraph): NodeNames {
    const names: NodeNames = {
      action: (actionId) => this.#findAction(actionId)?.title,
      option: (kind, id) => this.nameOf(kind, id),
      node: (nodeId) => {
        const node = graph.nodes.find(({ id }) => id === nodeId);
        // Without names of nodes: two jumps to each other would name each other for ever.
        return node && titleOfNode(node, { ...names, node: () => undefined });
      },
    };
    return names;
  }

  #called(kind: OptionKind, name: string): NamedOption[] {
    return (this.#lists.get(kind) ?? []).filter((option) => isSameName(option.name, name));
  }
}

function isSameName(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}
