import { z } from 'zod';
import { stateNumber } from '../schemas/state.ts';
import {
  classifiedKind,
  connectionSettings,
  workspaceLimits,
  type ConnectionSettings,
  type PreviewedFlow,
  type PreviewedJourney,
  type PreviewResult,
  type WorkspaceLimits,
} from '../schemas/stateSettings.ts';
import type { ChunkPreview } from '../state/previewChunk.ts';
import type { SettingsSnapshot } from '../state/settingsChanges.ts';
import { call, done, rowsOf, type Database } from './database.ts';
import { isoTime, isoTimeOrNull } from './rowFields.ts';

/** A connection, or with null a workspace: what settings belong to. */
export interface SettingsScope {
  workspaceId: string;
  connectionId: string | null;
}

/** The settings of a connection; null when the workspace has no such connection. */
export async function findConnectionSettings(
  database: Database,
  workspaceId: string,
  connectionId: string,
): Promise<ConnectionSettings | null> {
  const parameters = { p_workspace: workspaceId, p_connection: connectionId };
  return call(database, 'settings_snapshot', parameters, connectionSettings.nullable());
}

export async function getWorkspaceLimits(database: Database, workspaceId: string): Promise<WorkspaceLimits> {
  return call(
    database,
    'settings_snapshot',
    { p_workspace: workspaceId, p_connection: null },
    workspaceLimits,
  );
}

const subjects = z.object({
  subjects: z.array(
    z.object({
      subject: z.enum(['job_type', 'business_unit', 'tag', 'cancel_reason']),
      id: z.number(),
      name: z.string().nullable(),
      active: z.boolean(),
      kind: classifiedKind.nullable(),
      jobs: z.number(),
      openJobs: z.number(),
    }),
  ),
  review: z.array(
    z.object({
      id: z.number().nullable(),
      name: z.string().nullable(),
      jobs: z.number(),
      openJobs: z.number(),
      newestOn: z.string(),
      examples: z.array(
        z.object({
          jobNumber: z.string(),
          status: z.string(),
          contactId: z.uuid().nullable(),
          customerName: z.string().nullable(),
        }),
      ),
    }),
  ),
});

/** What can be classified, with counts, and what nothing classifies. Looks at every job of the connection. */
export async function readSettingsSubjects(database: Database, connectionId: string) {
  return call(database, 'settings_subjects', { p_connection: connectionId }, subjects);
}

// ---------------------------------------------------------------- previews

const flow = z.object({
  flowId: z.uuid(),
  flowName: z.string(),
  ending: z.number(),
  resuming: z.number(),
  starting: z.number(),
  startingWithoutEmail: z.number(),
  stale: z.number(),
  duplicate: z.number(),
  history: z.number(),
}) satisfies z.ZodType<PreviewedFlow>;
const journey = z.object({
  connectionId: z.uuid(),
  connectionName: z.string(),
  contactId: z.uuid().nullable(),
  customerName: z.string(),
  jobNumber: z.string().nullable(),
  from: stateNumber,
  to: stateNumber,
  why: z.string(),
}) satisfies z.ZodType<PreviewedJourney>;
const result = z.object({
  moving: z.number(),
  moves: z.array(z.object({ from: stateNumber, to: stateNumber, count: z.number() })),
  examples: z.array(journey),
  flows: z.array(flow),
  overridesLifted: z.number(),
}) satisfies z.ZodType<PreviewResult>;

// A union tries the larger one first: limits hold nothing of a connection.
const snapshot = z.union([connectionSettings, workspaceLimits]);
const previewRow = z.object({
  id: z.uuid(),
  before: snapshot,
  after: snapshot,
  undoes: z.uuid().nullable(),
  requested_by: z.string(),
  requested_at: isoTime,
  status: z.enum(['running', 'done', 'failed']),
  looked_at: z.number(),
  expected: z.number(),
  result: result.nullable(),
  error: z.string().nullable(),
  leased_until: isoTime,
});
export type PreviewRow = z.infer<typeof previewRow>;

/** Begins a preview; the one of the scope before it is canceled by that. */
export async function startPreview(
  database: Database,
  preview: {
    id: string;
    scope: SettingsScope;
    before: SettingsSnapshot;
    after: SettingsSnapshot;
    undoes: string | null;
    actor: string;
    now: Date;
    leasedUntil: Date;
  },
): Promise<void> {
  await done(
    database.rpc('start_settings_preview', {
      p_id: preview.id,
      p_workspace: preview.scope.workspaceId,
      p_connection: preview.scope.connectionId,
      p_before: preview.before,
      p_after: preview.after,
      p_undoes: preview.undoes,
      p_actor: preview.actor,
      p_now: preview.now.toISOString(),
      p_leased_until: preview.leasedUntil.toISOString(),
    }),
  );
}

export async function findPreview(database: Database, scope: SettingsScope): Promise<PreviewRow | null> {
  const query = database.from('settings_previews').select('*').eq('workspace_id', scope.workspaceId);
  const rows = await rowsOf(
    scope.connectionId === null
      ? query.is('connection_id', null)
      : query.eq('connection_id', scope.connectionId),
    z.array(previewRow),
  );
  return rows[0] ?? null;
}

/** Writes how far a preview has come, or how it ended; false when it was canceled. */
export async function updatePreview(
  database: Database,
  id: string,
  values: {
    status?: 'done' | 'failed';
    lookedAt?: number;
    result?: PreviewResult;
    error?: string;
    leasedUntil: Date;
  },
): Promise<boolean> {
  const rows = await rowsOf(
    database
      .from('settings_previews')
      .update({
        status: values.status,
        looked_at: values.lookedAt,
        result: values.result,
        error: values.error,
        leased_until: values.leasedUntil.toISOString(),
      })
      .eq('id', id)
      .eq('status', 'running')
      .select('id'),
    z.array(z.object({ id: z.uuid() })),
  );
  return rows.length > 0;
}

/** Cancels the preview of a scope, or forgets what it found. */
export async function deletePreview(database: Database, scope: SettingsScope): Promise<void> {
  const query = database.from('settings_previews').delete().eq('workspace_id', scope.workspaceId);
  await done(
    scope.connectionId === null
      ? query.is('connection_id', null)
      : query.eq('connection_id', scope.connectionId),
  );
}

/** What leaving and entering states would do to flows, if entering them may start any. */
export async function previewRuns(
  database: Database,
  connectionId: string,
  { leavings, entries }: Pick<ChunkPreview, 'leavings' | 'entries'>,
  now: Date,
): Promise<PreviewedFlow[]> {
  return call(
    database,
    'preview_runs',
    {
      p_connection: connectionId,
      p_leavings: leavings.map(({ journeyId, state }) => ({ journey_id: journeyId, state })),
      p_entries: entries.map((entry, position) => ({
        position,
        journey_id: entry.journeyId,
        customer_id: entry.customerId,
        contact_type: entry.contact?.type ?? null,
        contact_id: entry.contact?.id ?? null,
        state: entry.state,
        entering_key: entry.enteringKey,
        happened_on: entry.happenedOn,
        created_on: entry.createdOn,
        modified_on: entry.modifiedOn,
        appointment_ahead: entry.appointmentAhead,
        backfill: entry.backfill,
      })),
      p_now: now.toISOString(),
    },
    z.array(flow),
  );
}

/** The examples of a preview with the names of people, tenants and jobs. */
export async function nameExamples(
  database: Database,
  examples: {
    connectionId: string;
    contactType: string | null;
    contactSourceId: number | null;
    jobId: number | null;
    from: PreviewedJourney['from'];
    to: PreviewedJourney['to'];
    why: string;
  }[],
): Promise<PreviewedJourney[]> {
  return call(database, 'preview_examples', { p_examples: examples }, z.array(journey));
}

// ---------------------------------------------------------------- changes

const applied = z.object({
  outcome: z.enum(['applied', 'replaced', 'undo_only', 'not_ready', 'moved']),
});

/** Makes the change of a preview, unless the settings have moved since it began. */
export async function applyPreview(
  database: Database,
  change: {
    scope: SettingsScope;
    previewId: string;
    startFlows: boolean;
    note: string;
    actor: string;
    now: Date;
  },
): Promise<z.infer<typeof applied>['outcome']> {
  const parameters = {
    p_preview: change.previewId,
    p_workspace: change.scope.workspaceId,
    p_connection: change.scope.connectionId,
    p_start_flows: change.startFlows,
    p_note: change.note,
    p_actor: change.actor,
    p_now: change.now.toISOString(),
  };
  return (await call(database, 'apply_settings_change', parameters, applied)).outcome;
}

const undone = z.object({ outcome: z.enum(['undone', 'not_newest', 'moved']) });

/** Restores what was before a change; throws not_found for a change of another scope. */
export async function undoChange(
  database: Database,
  undo: { scope: SettingsScope; changeId: string; actor: string; now: Date },
): Promise<z.infer<typeof undone>['outcome']> {
  const parameters = {
    p_change: undo.changeId,
    p_workspace: undo.scope.workspaceId,
    p_connection: undo.scope.connectionId,
    p_actor: undo.actor,
    p_now: undo.now.toISOString(),
  };
  return (await call(database, 'undo_settings_change', parameters, undone)).outcome;
}

const changeRow = z.object({
  id: z.uuid(),
  before: snapshot,
  after: snapshot,
  start_flows: z.boolean(),
  note: z.string(),
  moved: z.number(),
  made_by: z.string(),
  made_at: isoTime,
  undone_by: z.string().nullable(),
  undone_at: isoTimeOrNull,
});
export type ChangeRow = z.infer<typeof changeRow>;

/** The changes of a scope, newest first. */
export async function listChanges(
  database: Database,
  scope: SettingsScope,
  limit: number,
): Promise<ChangeRow[]> {
  const query = database
    .from('settings_changes')
    .select('*')
    .eq('workspace_id', scope.workspaceId)
    .order('number', { ascending: false })
    .limit(limit);
  return rowsOf(
    scope.connectionId === null
      ? query.is('connection_id', null)
      : query.eq('connection_id', scope.connectionId),
    z.array(changeRow),
  );
}

/** Whether journeys are still to be derived with changed settings. */
export async function isDerivingSettings(database: Database, scope: SettingsScope): Promise<boolean> {
  const parameters = { p_workspace: scope.workspaceId, p_connection: scope.connectionId };
  return call(database, 'is_deriving_settings', parameters, z.boolean());
}

/** What job types mean when a tenant is connected for the first time; later ones change nothing. */
export async function confirmFirstKinds(
  database: Database,
  connectionId: string,
  kinds: { jobTypeId: number; kind: z.infer<typeof classifiedKind> }[],
  now: Date,
): Promise<void> {
  await done(
    database.rpc('confirm_first_kinds', {
      p_connection: connectionId,
      p_kinds: kinds,
      p_now: now.toISOString(),
    }),
  );
}
