import { adviseTenants, isNumber, isTenantKind } from '../flow/adviseTenants.ts';
import { listUses, type FindInput } from '../flow/mapReferences.ts';
import type { Database } from '../repositories/database.ts';
import { findNames, listOwnOptions } from '../repositories/optionRepository.ts';
import type { DraftGraph, FlowProblem } from '../schemas/flow.ts';

/** Advice on what a flow names and some of the tenants that it runs for do not have. Asks nothing for flows that name nothing. */
export async function adviseOnTenants(
  deps: { database: Database; findAction: FindInput },
  workspaceId: string,
  graph: DraftGraph,
): Promise<FlowProblem[]> {
  const uses = listUses(graph, deps.findAction).filter(
    ({ kind }) => kind === 'connections' || isTenantKind(kind),
  );
  if (uses.length === 0) return [];
  const keys = new Set(
    uses.flatMap(({ kind, id }) => (isTenantKind(kind) && isNumber(id) ? `${kind} ${id}` : [])),
  );
  const named = [...keys].map((key) => {
    const [resource = '', id] = key.split(' ');
    return { resource, id: Number(id) };
  });
  const [{ options }, found] = await Promise.all([
    listOwnOptions(deps.database, workspaceId, 'connections'),
    named.length === 0 ? [] : findNames(deps.database, workspaceId, named),
  ]);
  const connections = options.map(({ id, name }) => ({ id: String(id), name }));
  const names = found.flatMap(({ resource, ...row }) =>
    isTenantKind(resource) ? [{ kind: resource, ...row }] : [],
  );
  return adviseTenants(graph, uses, { connections, names });
}
