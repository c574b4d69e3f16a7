import type { Database } from '../repositories/database.ts';
import { listOwnOptions, listRecordOptions, type OptionList } from '../repositories/optionRepository.ts';
import { optionKinds } from '../schemas/conditions.ts';
import { NameBook } from './NameBook.ts';
import { optionSources, type StoredSource } from './optionSources.ts';

/** All names of a workspace that are known here: what a whole flow is put into words with. */
export async function readNames(
  deps: { database: Database; findAction(actionId: string): { title: string } | undefined },
  workspaceId: string,
): Promise<NameBook> {
  const lists = await Promise.all(
    optionKinds.map(async (kind) => {
      const source = optionSources[kind];
      if ('asked' in source) return [];
      const { options } = await readStored(deps.database, source, { workspaceId, connectionId: null });
      return [[kind, options] as const];
    }),
  );
  return new NameBook(new Map(lists.flat()), (actionId) => deps.findAction(actionId));
}

/** The names of a kind that are in the database. */
export async function readStored(
  database: Database,
  source: StoredSource,
  { workspaceId, connectionId }: { workspaceId: string; connectionId: string | null },
): Promise<OptionList> {
  return 'own' in source
    ? listOwnOptions(database, workspaceId, source.own)
    : listRecordOptions(database, { workspaceId, resource: source.resource, connectionId });
}
