import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Database } from '../repositories/database.ts';
import {
  applyPreview,
  isDerivingSettings,
  deletePreview,
  findConnectionSettings,
  findPreview,
  getWorkspaceLimits,
  listChanges,
  readSettingsSubjects,
  undoChange,
  type ChangeRow,
  type PreviewRow,
  type SettingsScope,
} from '../repositories/stateSettingsRepository.ts';
import type {
  applySettingsRequest,
  ConnectionChanges,
  SettingsChange,
  SettingsChangesReply,
  SettingsPreview,
  SettingsPreviewReply,
  StateSettingsReply,
  WorkspaceChanges,
  WorkspaceSettingsReply,
} from '../schemas/stateSettings.ts';
import {
  changeConnection,
  changeWorkspace,
  differencesOf,
  type SettingsSnapshot,
} from '../state/settingsChanges.ts';
import type { StateSettingsPreviews } from './StateSettingsPreviews.ts';

const changesShown = 50;

/** What a request says of a scope that is a connection of its workspace, or the workspace itself. */
type PreviewRequest<Changes> = { changes?: Changes | undefined; undoes?: string | undefined };

/** Why a change was not made, with the remedy. */
const refusals = {
  replaced: 'This preview was applied already, or replaced by a newer one. Preview your change again.',
  undo_only: 'This is the preview of an undo. Undo the change from the list of changes instead.',
  not_ready: 'The preview is not finished. Apply the change when it is, or preview it again.',
  moved:
    'The settings have been changed since this preview. Preview your change again to see what it does now.',
  not_newest: 'Only the newest change that stands can be undone. Undo the newer ones first.',
} as const;

/** What states hang on: looked at, previewed, changed as one piece, and undone. */
export class StateSettingsService {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #systemClock: Clock;
  readonly #previews: StateSettingsPreviews;

  constructor(deps: {
    database: Database;
    clock: Clock;
    systemClock: Clock;
    previews: StateSettingsPreviews;
  }) {
    this.#database = deps.database;
    this.#clock = deps.clock;
    this.#systemClock = deps.systemClock;
    this.#previews = deps.previews;
  }

  /** The settings of a connection and everything that they can be about. */
  async ofConnection(workspaceId: string, connectionId: string): Promise<StateSettingsReply> {
    const settings = await this.#requireSettings(workspaceId, connectionId);
    return { settings, ...(await readSettingsSubjects(this.#database, connectionId)) };
  }

  async ofWorkspace(workspaceId: string): Promise<WorkspaceSettingsReply> {
    return { settings: await getWorkspaceLimits(this.#database, workspaceId) };
  }

  /** The newest preview of a scope, whoever asked for it. */
  async preview(scope: SettingsScope): Promise<SettingsPreviewReply> {
    await this.#current(scope);
    const row = await findPreview(this.#database, scope);
    return { preview: row && previewOf(row, this.#systemClock.now()) };
  }

  async previewConnection(
    workspaceId: string,
    connectionId: string,
    request: PreviewRequest<ConnectionChanges>,
    actor: string,
  ): Promise<SettingsPreviewReply> {
    const before = await this.#requireSettings(workspaceId, connectionId);
    const scope = { workspaceId, connectionId };
    return this.#startPreview(scope, {
      before,
      after: request.changes ? changeConnection(before, request.changes) : null,
      undoes: request.undoes ?? null,
      actor,
    });
  }

  async previewWorkspace(
    workspaceId: string,
    request: PreviewRequest<WorkspaceChanges>,
    actor: string,
  ): Promise<SettingsPreviewReply> {
    const before = await getWorkspaceLimits(this.#database, workspaceId);
    const scope = { workspaceId, connectionId: null };
    return this.#startPreview(scope, {
      before,
      after: request.changes ? changeWorkspace(before, request.changes) : null,
      undoes: request.undoes ?? null,
      actor,
    });
  }

  /** Cancels the preview of a scope, or forgets it. */
  async discardPreview(scope: SettingsScope): Promise<SettingsPreviewReply> {
    await this.#current(scope);
    await deletePreview(this.#database, scope);
    return { preview: null };
  }

  /** Makes a previewed change; its journeys are queued. Throws conflict when the settings have moved since. */
  async apply(
    scope: SettingsScope,
    request: z.infer<typeof applySettingsRequest>,
    actor: string,
  ): Promise<SettingsChangesReply> {
    await this.#current(scope);
    const { previewId, startFlows, note } = request;
    const now = this.#clock.now();
    const outcome = await applyPreview(this.#database, { scope, previewId, startFlows, note, actor, now });
    if (outcome !== 'applied') throw new AppError('conflict', refusals[outcome]);
    return this.changes(scope);
  }

  /** Restores what was before the newest change; starts nothing. */
  async undo(scope: SettingsScope, changeId: string, actor: string): Promise<SettingsChangesReply> {
    await this.#current(scope);
    const outcome = await undoChange(this.#database, { scope, changeId, actor, now: this.#clock.now() });
    if (outcome !== 'undone') throw new AppError('conflict', refusals[outcome]);
    return this.changes(scope);
  }

  async changes(scope: SettingsScope): Promise<SettingsChangesReply> {
    await this.#current(scope);
    const [rows, isDeriving] = await Promise.all([
      listChanges(this.#database, scope, changesShown),
      isDerivingSettings(this.#database, scope),
    ]);
    const newest = rows.find((row) => row.undone_at === null);
    return { changes: rows.map((row) => changeOf(row, row === newest)), isDeriving };
  }

  /** Settles when no preview is under way in this process. */
  async idle(): Promise<void> {
    await this.#previews.idle();
  }

  /** Leaves off what is under way. */
  async close(): Promise<void> {
    await this.#previews.close();
  }

  async #startPreview(
    scope: SettingsScope,
    draft: {
      before: SettingsSnapshot;
      after: SettingsSnapshot | null;
      undoes: string | null;
      actor: string;
    },
  ): Promise<SettingsPreviewReply> {
    const { before, undoes, actor } = draft;
    const after = draft.after ?? (await this.#undoable(scope, undoes)).before;
    if (differencesOf(before, after).length === 0) {
      throw new AppError('invalid_input', 'These are the settings already: there is nothing to preview.');
    }
    await this.#previews.start({ scope, before, after, undoes, actor });
    return this.preview(scope);
  }

  async #undoable(scope: SettingsScope, changeId: string | null): Promise<ChangeRow> {
    const newest = (await listChanges(this.#database, scope, changesShown)).find(
      (row) => row.undone_at === null,
    );
    if (newest?.id !== changeId || !newest) throw new AppError('conflict', refusals.not_newest);
    return newest;
  }

  async #current(scope: SettingsScope): Promise<SettingsSnapshot> {
    return scope.connectionId === null
      ? getWorkspaceLimits(this.#database, scope.workspaceId)
      : this.#requireSettings(scope.workspaceId, scope.connectionId);
  }

  async #requireSettings(workspaceId: string, connectionId: string) {
    const settings = await findConnectionSettings(this.#database, workspaceId, connectionId);
    if (!settings) throw new AppError('not_found', 'There is no such connection in this workspace.');
    return settings;
  }
}

function previewOf(row: PreviewRow, systemNow: Date): SettingsPreview {
  const isDead = row.status === 'running' && new Date(row.leased_until) <= systemNow;
  return {
    id: row.id,
    status: isDead ? 'interrupted' : row.status,
    lookedAt: row.looked_at,
    expected: row.expected,
    differences: differencesOf(row.before, row.after),
    undoes: row.undoes,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    error: row.error,
    result: row.result,
  };
}

function changeOf(row: ChangeRow, canUndo: boolean): SettingsChange {
  return {
    id: row.id,
    differences: differencesOf(row.before, row.after),
    startFlows: row.start_flows,
    note: row.note,
    moved: row.moved,
    madeBy: row.made_by,
    madeAt: row.made_at,
    undoneBy: row.undone_by,
    undoneAt: row.undone_at,
    canUndo,
  };
}
