import { z } from 'zod';
import { isoTimeOrNull } from './rowFields.ts';
import { call, rowsOf, type Database } from './database.ts';

const option = z.object({
  id: z.union([z.string(), z.number()]),
  name: z.string(),
  connectionId: z.string().nullable(),
  connectionName: z.string().nullable(),
});
const options = z.object({ options: z.array(option), readAt: isoTimeOrNull });
export type OptionList = z.infer<typeof options>;

/** The names of a kind of ServiceTitan's records in a workspace's tenants, or in one. */
export async function listRecordOptions(
  database: Database,
  wanted: { workspaceId: string; resource: string; connectionId: string | null },
): Promise<OptionList> {
  const parameters = {
    p_workspace: wanted.workspaceId,
    p_resource: wanted.resource,
    p_connection: wanted.connectionId,
  };
  return call(database, 'list_options', parameters, options);
}

const named = z.array(z.object({ id: z.string(), name: z.string() }));

/** What is the product's own: connections, flows and members, by name. */
export async function listOwnOptions(
  database: Database,
  workspaceId: string,
  kind: 'connections' | 'flows' | 'members',
): Promise<OptionList> {
  const rows = await rowsOf(ownQuery(database, workspaceId, kind), named);
  const own = rows.map(({ id, name }) => ({ id, name, connectionId: null, connectionName: null }));
  return { options: own, readAt: null };
}

function ownQuery(database: Database, workspaceId: string, kind: 'connections' | 'flows' | 'members') {
  switch (kind) {
    case 'connections':
      return database
        .from('integration_connections')
        .select('id, name')
        .eq('workspace_id', workspaceId)
        .order('name');
    case 'flows':
      return database
        .from('flows')
        .select('id, name')
        .eq('workspace_id', workspaceId)
        .neq('status', 'archived')
        .order('name');
    case 'members':
      return database
        .from('workspace_members')
        .select('id:user_id, name:email')
        .eq('workspace_id', workspaceId)
        .order('email');
  }
}

const foundName = z.object({
  resource: z.string(),
  id: z.number(),
  connectionId: z.uuid(),
  name: z.string().nullable(),
});

/** What records are called in each tenant whose names were read; null: that tenant has no such record. */
export async function findNames(
  database: Database,
  workspaceId: string,
  wanted: readonly { resource: string; id: number }[],
): Promise<z.infer<typeof foundName>[]> {
  return call(database, 'find_names', { p_workspace: workspaceId, p_named: wanted }, z.array(foundName));
}

const recipient = z.object({
  postalAddress: z.string(),
  suppression: z.string().nullable(),
  contact: z
    .object({
      email: z.string().nullable(),
      active: z.boolean(),
      doNotMail: z.boolean(),
      doNotService: z.boolean(),
      marketingAllowed: z.boolean(),
      remindersAllowed: z.boolean(),
    })
    .nullable(),
});
export type Recipient = z.infer<typeof recipient>;

/** Who the e-mails for a journey, or for a contact, would go to; null when the workspace has neither. */
export async function loadRecipient(
  database: Database,
  workspaceId: string,
  id: string,
): Promise<Recipient | null> {
  return call(database, 'load_recipient', { p_workspace: workspaceId, p_whom: id }, recipient.nullable());
}
