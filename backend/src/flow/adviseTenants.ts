import { nodeDefinitions, type DraftGraph, type FlowProblem } from '../schemas/flow.ts';
import type { ReferenceId } from '../schemas/flowFile.ts';
import type { NamedReference } from './mapReferences.ts';

/** What each tenant has a number of its own for. */
const tenantKinds = {
  job_types: { one: 'job type', many: 'job types' },
  business_units: { one: 'business unit', many: 'business units' },
  tag_types: { one: 'tag', many: 'tags' },
  campaigns: { one: 'campaign', many: 'campaigns' },
  technicians: { one: 'technician', many: 'technicians' },
} as const;
type TenantKind = keyof typeof tenantKinds;

/** What is known of a workspace's tenants. */
export interface TenantNames {
  connections: readonly { id: string; name: string }[];
  /** Of each number that is named, in each tenant whose names were read; null: that tenant has none such. */
  names: readonly { kind: TenantKind; id: number; connectionId: string; name: string | null }[];
}

/** Where a flow names what a tenant that it runs for does not have; and tenants that are gone. */
export function adviseTenants(
  graph: DraftGraph,
  uses: readonly NamedReference[],
  known: TenantNames,
): FlowProblem[] {
  const meant = meantConnections(graph, known);
  const places = Map.groupBy(uses, ({ nodeId, field, kind }) => `${nodeId} ${field} ${kind}`);
  return [...places.values()].flatMap((named): FlowProblem[] => {
    const [first] = named;
    if (!first) return [];
    const { nodeId, field, kind } = first;
    const ids = [...new Set(named.map(({ id }) => String(id)))];
    const message =
      kind === 'connections'
        ? goneWords(ids, known)
        : isTenantKind(kind)
          ? absentWords(kind, ids, { known, meant })
          : null;
    return message === null ? [] : [{ nodeId, field, message, severity: 'advice' }];
  });
}

export function isTenantKind(kind: string): kind is TenantKind {
  return Object.hasOwn(tenantKinds, kind);
}

function meantConnections({ nodes }: DraftGraph, { connections }: TenantNames): TenantNames['connections'] {
  const trigger = nodes.find(({ type }) => type === 'trigger');
  const { data } = nodeDefinitions.trigger.data.safeParse(trigger?.data);
  const ids = data && 'connectionIds' in data ? data.connectionIds : [];
  return connections.filter(({ id }) => ids.length === 0 || ids.includes(id));
}

function goneWords(ids: readonly string[], { connections }: TenantNames): string | null {
  const gone = ids.filter((asked) => connections.every(({ id }) => id !== asked));
  if (gone.length === 0) return null;
  return gone.length === ids.length
    ? 'The chosen tenants are gone: this is for nobody. Choose others.'
    : 'A chosen tenant is gone. Choose anew.';
}

function absentWords(
  kind: TenantKind,
  ids: readonly string[],
  { known, meant }: { known: TenantNames; meant: TenantNames['connections'] },
): string | null {
  const rows = known.names.filter((row) => row.kind === kind && ids.includes(String(row.id)));
  const isAbsent = (connectionId: string) => {
    const here = rows.filter((row) => row.connectionId === connectionId);
    const isRead = here.length > 0 || ids.every((id) => !isNumber(id));
    return isRead && here.every(({ name }) => name === null);
  };
  const absent = meant.filter(({ id }) => isAbsent(id));
  if (absent.length === 0) return null;
  const names = ids.map((id) => rows.find((row) => String(row.id) === id && row.name !== null)?.name ?? id);
  const tenants = andWords(absent.map(({ name }) => name));
  const { one, many } = tenantKinds[kind];
  const what =
    names.length === 1
      ? `The ${one} "${names[0]}" does not exist in ${tenants}.`
      : `None of the ${many} ${names.map((name) => `"${name}"`).join(', ')} exists in ${tenants}.`;
  const remedy =
    absent.length === meant.length
      ? 'Choose another.'
      : 'Choose what is used there as well, or the tenants that the flow is for.';
  return `${what} ${remedy}`;
}

/** What stands for something that was never chosen is no number. */
export function isNumber(id: ReferenceId): boolean {
  return /^\d{1,15}$/.test(String(id));
}

function andWords(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
