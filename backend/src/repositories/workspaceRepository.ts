import { z } from 'zod';
import { call, done, rowsOf, type Database } from './database.ts';

const role = z.enum(['owner', 'admin', 'marketer', 'viewer']);
const workspaceRow = z.object({
  id: z.uuid(),
  name: z.string(),
  slug: z.string(),
  time_zone: z.string(),
  sender_name: z.string(),
  sender_email: z.string(),
  postal_address: z.string(),
  phone: z.string(),
  website: z.string(),
  review_url: z.string(),
  completed_reset_days: z.number(),
  stale_reset_days: z.number(),
});
export type WorkspaceRow = z.infer<typeof workspaceRow>;

const memberRow = z.object({ workspace_id: z.uuid(), user_id: z.uuid(), email: z.string(), role });
export type MemberRow = z.infer<typeof memberRow>;

export interface NewWorkspace {
  name: string;
  slug: string;
  timeZone: string;
  senderName: string;
  senderEmail: string;
  postalAddress: string;
  phone: string;
  website: string;
  reviewUrl: string;
}

/** Any workspace's row, or null when there is none at all: a new installation. */
export async function findFirstWorkspace(database: Database): Promise<WorkspaceRow | null> {
  const rows = await rowsOf(
    database.from('workspaces').select('*').order('created_at').limit(1),
    z.array(workspaceRow),
  );
  return rows[0] ?? null;
}

export async function getWorkspace(database: Database, id: string): Promise<WorkspaceRow> {
  const rows = await rowsOf(
    database.from('workspaces').select('*').eq('id', id),
    z.array(workspaceRow).length(1),
  );
  return workspaceRow.parse(rows[0]);
}

export async function insertWorkspace(
  database: Database,
  workspace: NewWorkspace,
  now: Date,
): Promise<WorkspaceRow> {
  return rowsOf(
    database
      .from('workspaces')
      .insert({
        name: workspace.name,
        slug: workspace.slug,
        time_zone: workspace.timeZone,
        sender_name: workspace.senderName,
        sender_email: workspace.senderEmail,
        postal_address: workspace.postalAddress,
        phone: workspace.phone,
        website: workspace.website,
        review_url: workspace.reviewUrl,
        created_at: now.toISOString(),
        updated_at: now.toISOString(),
      })
      .select()
      .single(),
    workspaceRow,
  );
}

/** Changes what is given of a workspace. */
export async function updateWorkspace(
  database: Database,
  id: string,
  values: Partial<Omit<NewWorkspace, 'slug'>>,
  now: Date,
): Promise<WorkspaceRow> {
  const columns = {
    name: values.name,
    time_zone: values.timeZone,
    sender_name: values.senderName,
    sender_email: values.senderEmail,
    postal_address: values.postalAddress,
    phone: values.phone,
    website: values.website,
    review_url: values.reviewUrl,
    updated_at: now.toISOString(),
  };
  return rowsOf(database.from('workspaces').update(columns).eq('id', id).select().single(), workspaceRow);
}

/** The memberships of a user, oldest first. */
export async function listMemberships(database: Database, userId: string): Promise<MemberRow[]> {
  return rowsOf(
    database.from('workspace_members').select('*').eq('user_id', userId).order('created_at'),
    z.array(memberRow),
  );
}

export async function insertMember(database: Database, member: MemberRow, now: Date): Promise<void> {
  await done(
    database
      .from('workspace_members')
      .upsert(
        { ...member, created_at: now.toISOString() },
        { onConflict: 'workspace_id,user_id', ignoreDuplicates: true },
      ),
  );
}

/** The member whose bearer token has this SHA-256, unless it was revoked. */
export async function findTokenOwner(database: Database, tokenHash: string): Promise<MemberRow | null> {
  const tokens = await rowsOf(
    database
      .from('api_tokens')
      .select('workspace_id,user_id')
      .eq('token_hash', tokenHash)
      .is('revoked_at', null),
    z.array(z.object({ workspace_id: z.uuid(), user_id: z.uuid() })),
  );
  const [token] = tokens;
  if (!token) return null;
  const members = await rowsOf(
    database
      .from('workspace_members')
      .select('*')
      .eq('workspace_id', token.workspace_id)
      .eq('user_id', token.user_id),
    z.array(memberRow),
  );
  return members[0] ?? null;
}

export async function insertToken(
  database: Database,
  token: { workspaceId: string; userId: string; name: string; tokenHash: string },
  now: Date,
): Promise<void> {
  await done(
    database.from('api_tokens').upsert(
      {
        workspace_id: token.workspaceId,
        user_id: token.userId,
        name: token.name,
        token_hash: token.tokenHash,
        created_at: now.toISOString(),
      },
      { onConflict: 'token_hash', ignoreDuplicates: true },
    ),
  );
}

export async function insertAudit(
  database: Database,
  entry: {
    workspaceId: string;
    actor: string;
    action: string;
    subject: string;
    detail?: Record<string, unknown>;
  },
  now: Date,
): Promise<void> {
  await done(
    database.from('audit_log').insert({
      workspace_id: entry.workspaceId,
      actor: entry.actor,
      action: entry.action,
      subject: entry.subject,
      detail: entry.detail ?? {},
      at: now.toISOString(),
    }),
  );
}

const changeEventRow = z.object({
  id: z.number(),
  type: z.string(),
  payload: z.record(z.string(), z.unknown()),
});
export type ChangeEventRow = z.infer<typeof changeEventRow>;

/** The events of a workspace behind a position, oldest first, 500 at the most. */
export async function listChangeEvents(
  database: Database,
  workspaceId: string,
  after: number,
): Promise<ChangeEventRow[]> {
  return rowsOf(
    database
      .from('change_events')
      .select('id,type,payload')
      .eq('workspace_id', workspaceId)
      .gt('id', after)
      .order('id')
      .limit(500),
    z.array(changeEventRow),
  );
}

export async function lastChangeEventId(database: Database, workspaceId: string): Promise<number> {
  const rows = await rowsOf(
    database
      .from('change_events')
      .select('id')
      .eq('workspace_id', workspaceId)
      .order('id', { ascending: false })
      .limit(1),
    z.array(z.object({ id: z.number() })),
  );
  return rows[0]?.id ?? 0;
}

export async function insertChangeEvent(
  database: Database,
  event: { workspaceId: string; type: string; payload: Record<string, unknown> },
  now: Date,
): Promise<void> {
  await done(
    database.from('change_events').insert({
      workspace_id: event.workspaceId,
      type: event.type,
      payload: event.payload,
      at: now.toISOString(),
    }),
  );
}

export async function deleteChangeEventsBefore(database: Database, at: Date): Promise<void> {
  await done(database.from('change_events').delete().lt('at', at.toISOString()));
}

/** Takes or renews a lease for some seconds of system time; false while another holder has it. */
export async function acquireLease(
  database: Database,
  lease: { name: string; holder: string; seconds: number; systemNow: Date },
): Promise<boolean> {
  return call(
    database,
    'acquire_lease',
    {
      p_name: lease.name,
      p_holder: lease.holder,
      p_seconds: lease.seconds,
      p_system_now: lease.systemNow.toISOString(),
    },
    z.boolean(),
  );
}

export async function releaseLease(database: Database, name: string, holder: string): Promise<void> {
  await done(database.rpc('release_lease', { p_name: name, p_holder: holder }));
}
