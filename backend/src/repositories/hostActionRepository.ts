import { z } from 'zod';
import { call, done, rowsOf, type Database } from './database.ts';

const member = z.object({ user_id: z.uuid(), email: z.string(), role: z.string() });
export type TeamMember = z.infer<typeof member>;

/** Everybody of a workspace. */
export async function listTeam(database: Database, workspaceId: string): Promise<TeamMember[]> {
  return rowsOf(
    database
      .from('workspace_members')
      .select('user_id,email,role')
      .eq('workspace_id', workspaceId)
      .order('email'),
    z.array(member),
  );
}

export interface TeamMailRow {
  id: string;
  workspaceId: string;
  runId: string | null;
  to: string;
  subject: string;
}

/** The last word before the mail goes to the mail server; false: it was sent already. */
export async function handOverTeamMail(database: Database, mail: TeamMailRow, now: Date): Promise<boolean> {
  const parameters = {
    p_id: mail.id,
    p_workspace: mail.workspaceId,
    p_run: mail.runId,
    p_to: mail.to,
    p_subject: mail.subject,
    p_now: now.toISOString(),
  };
  return call(database, 'hand_over_team_mail', parameters, z.boolean());
}

export async function finishTeamMail(
  database: Database,
  { id, status }: { id: string; status: 'sent' | 'refused' },
  now: Date,
): Promise<void> {
  await done(database.rpc('finish_team_mail', { p_id: id, p_status: status, p_now: now.toISOString() }));
}

interface OpenCall {
  id: string;
  workspaceId: string;
  runId: string;
}

/** The last word before a call that must not be made twice; false: it was begun before, and its step does not say how it ended. */
export async function beginCall(
  database: Database,
  { id, workspaceId, runId }: OpenCall,
  now: Date,
): Promise<boolean> {
  const parameters = { p_id: id, p_workspace: workspaceId, p_run: runId, p_now: now.toISOString() };
  return call(database, 'begin_call', parameters, z.boolean());
}

/** It is known that the call did nothing. One that did is over when its step is. */
export async function endCall(
  database: Database,
  { id, workspaceId }: Omit<OpenCall, 'runId'>,
): Promise<void> {
  await done(database.rpc('end_call', { p_id: id, p_workspace: workspaceId }));
}

export interface OwnFacts {
  workspaceId: string;
  contactId: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  optOut: boolean;
  actor: string;
}

/** Sets facts about a contact that hold whatever ServiceTitan says; whether something changed. */
export async function updateContact(database: Database, facts: OwnFacts, now: Date): Promise<boolean> {
  const parameters = {
    p_workspace: facts.workspaceId,
    p_contact: facts.contactId,
    p_name: facts.name,
    p_email: facts.email,
    p_phone: facts.phone,
    p_opt_out: facts.optOut,
    p_actor: facts.actor,
    p_now: now.toISOString(),
  };
  return call(database, 'update_contact', parameters, z.boolean());
}
