import type {
  BoardReply,
  ClockReply,
  ConnectionReply,
  ConnectionSummary,
  ConnectTestReply,
  CustomersReply,
  DiagnosisReply,
  ErrorReply,
  FlowReply,
  FlowsReply,
  FlowSummary,
  IntegrationsReply,
  MailboxMailReply,
  MailboxReply,
  MessageReply,
  MessagesReply,
  RejectedReply,
  ResourceSync,
  RetryReply,
  RunReply,
  RunsReply,
  SaveDraftReply,
  SessionReply,
  StoryReply,
  TimelineReply,
  VolumeReply,
  VolumeRequest,
  WorkspaceReply,
} from '#backend/schemas/api.ts';
import type { ExplainReply } from '#backend/schemas/explain.ts';
import type { OptionKind } from '#backend/schemas/conditions.ts';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import type {
  CheckpointReply,
  CheckpointsReply,
  EmailPreviewReply,
  EmailPreviewRequest,
  ExportReply,
  FlowStatusChange,
  GalleryReply,
  ImportPreviewReply,
  OptionsReply,
  PublishPreviewReply,
  PublishRequest,
  ReferenceMapping,
  RefreshOptionsReply,
  RestoreRequest,
  TryReply,
  TryRequest,
  VariablesReply,
  VersionReply,
  VersionsReply,
  WhyReply,
} from '#backend/schemas/flowApi.ts';
import type {
  AlertsReply,
  RunErrorsReply,
  BulkAction,
  BulkPreviewReply,
  BulkReply,
  EnrolmentReply,
  EnrolmentSource,
  RetryRequest,
  StartFlowReply,
} from '#backend/schemas/runApi.ts';
import type { StateNumber } from '#backend/schemas/state.ts';
import type {
  ConnectionChanges,
  SettingsChangesReply,
  SettingsPreviewReply,
  StateSettingsReply,
  WorkspaceChanges,
  WorkspaceSettingsReply,
} from '#backend/schemas/stateSettings.ts';
import type { WebhookReply, WebhookRequest } from '#backend/schemas/webhooks.ts';

export interface FieldIssue {
  field: string;
  message: string;
}

/** A refused request, with the server's words and, for forms, what is wrong with which field. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly issues: FieldIssue[];

  constructor(status: number, error: ErrorReply['error']) {
    super(error.message);
    this.name = 'ApiError';
    this.status = status;
    this.code = error.code;
    this.issues = error.issues ?? [];
  }
}

type Query = Record<string, string | number | null | undefined>;
interface RequestOptions {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

function withQuery(path: string, query: Query = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null || value === '' ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

async function readError(response: Response): Promise<ApiError> {
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  if (!isJson) {
    const message = `The server answered ${response.status}. Try again; if it stays, look at its log.`;
    return new ApiError(response.status, { code: 'unexpected', message });
  }
  const reply: ErrorReply = await response.json();
  return new ApiError(response.status, reply.error);
}

async function request(method: string, path: string, options: RequestOptions): Promise<Response> {
  const { body, signal } = options;
  const headers = new Headers({ Accept: 'application/json' });
  if (method !== 'GET') headers.set('X-Requested-With', 'chou');
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  const response = await fetch(`/api${withQuery(path, options.query)}`, {
    method,
    headers,
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
  if (!response.ok) throw await readError(response);
  return response;
}

async function get<Reply>(path: string, signal?: AbortSignal, query: Query = {}): Promise<Reply> {
  const response = await request('GET', path, { query, signal });
  return await response.json();
}

async function send<Reply>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body: unknown,
): Promise<Reply> {
  const response = await request(method, path, { body });
  return await response.json();
}

async function post<Reply>(path: string, body: unknown, signal: AbortSignal | undefined): Promise<Reply> {
  const response = await request('POST', path, { body, signal });
  return await response.json();
}

async function sendOnly(method: 'POST' | 'PUT', path: string, body: unknown = {}): Promise<void> {
  await request(method, path, { body });
}

export type BoardFilter = { connectionId: string; search: string };
export type CustomersFilter = BoardFilter & { state: string };
export type RunsFilter = {
  flowId?: string;
  contactId?: string;
  status?: string;
  state?: string;
  version?: string;
  error?: string;
  search?: string;
};
/** What is done with all runs of a filter. */
export type BulkRequest = { filter: RunsFilter; action: BulkAction };
export type MessagesFilter = { status?: string; search?: string; contactId?: string };
export type JobTypeKind = 'sales' | 'install' | 'other';
export type SettingsDraft = ConnectionChanges & WorkspaceChanges;
/** Where settings belong: below a connection's address, or the workspace's. */
export type SettingsPath = `/connections/${string}/state-settings` | '/workspace/state-settings';
export type ResourceAct = 'run' | 'pause' | 'resume' | 'cancel';
type Cursor = string | null;

/** Every call of the server: the one place of the screens that fetches. */
export const api = {
  session: (signal?: AbortSignal) => get<SessionReply>('/session', signal),
  requestSignIn: (email: string) => sendOnly('POST', '/sign-in', { email }),
  verifySignIn: (token: string) => sendOnly('POST', '/sign-in/verify', { token }),
  signOut: () => sendOnly('POST', '/sign-out'),

  board: (filter: BoardFilter, signal?: AbortSignal) => get<BoardReply>('/board', signal, filter),
  customers: (filter: Partial<CustomersFilter>, cursor: Cursor, limit: number, signal?: AbortSignal) =>
    get<CustomersReply>('/customers', signal, { ...filter, cursor, limit }),
  timeline: (contactId: string, signal?: AbortSignal) =>
    get<TimelineReply>(`/customers/${contactId}/timeline`, signal),
  explain: (contactId: string, signal?: AbortSignal) =>
    get<ExplainReply>(`/customers/${contactId}/explain`, signal),
  setState: (contactId: string, body: { journeyId: string; state: StateNumber; reason: string }) =>
    sendOnly('POST', `/customers/${contactId}/state`, body),

  flows: (withArchived: boolean, signal?: AbortSignal) =>
    get<FlowsReply>('/flows', signal, withArchived ? { archived: 'true' } : {}),
  flow: (id: string, signal?: AbortSignal) => get<FlowReply>(`/flows/${id}`, signal),
  createFlow: (name: string) => send<{ flow: FlowSummary }>('POST', '/flows', { name }),
  saveDraft: (id: string, body: { name?: string; graph: DraftGraph; draftRevision: number }) =>
    send<SaveDraftReply>('PUT', `/flows/${id}/draft`, body),
  discardDraft: (id: string, draftRevision: number) =>
    send<FlowReply>('POST', `/flows/${id}/discard`, { draftRevision }),
  restoreDraft: (id: string, body: RestoreRequest) => send<FlowReply>('POST', `/flows/${id}/restore`, body),
  checkpoints: (id: string, signal?: AbortSignal) =>
    get<CheckpointsReply>(`/flows/${id}/checkpoints`, signal),
  checkpoint: (id: string, checkpointId: string, signal?: AbortSignal) =>
    get<CheckpointReply>(`/flows/${id}/checkpoints/${checkpointId}`, signal),
  versions: (id: string, signal?: AbortSignal) => get<VersionsReply>(`/flows/${id}/versions`, signal),
  version: (id: string, number: number, signal?: AbortSignal) =>
    get<VersionReply>(`/flows/${id}/versions/${number}`, signal),
  previewPublish: (id: string) => send<PublishPreviewReply>('POST', `/flows/${id}/publish/preview`, {}),
  publishFlow: (id: string, body: PublishRequest) => sendOnly('POST', `/flows/${id}/publish`, body),
  setFlowStatus: (id: string, status: FlowStatusChange) =>
    send<FlowSummary>('POST', `/flows/${id}/status`, { status }),
  duplicateFlow: (id: string) => send<FlowReply>('POST', `/flows/${id}/duplicate`, {}),
  exportFlow: (id: string) => get<ExportReply>(`/flows/${id}/export`),
  previewImport: (file: unknown) => send<ImportPreviewReply>('POST', '/flows/import/preview', { file }),
  importFlow: (body: { file: unknown; mapping: ReferenceMapping }) =>
    send<FlowReply>('POST', '/flows/import', body),
  gallery: (signal?: AbortSignal) => get<GalleryReply>('/flows/gallery', signal),
  installFlow: (key: string) => send<FlowReply>('POST', `/flows/gallery/${key}/install`, {}),
  options: (kind: OptionKind, signal?: AbortSignal) => get<OptionsReply>(`/options/${kind}`, signal),
  refreshOptions: (kind: OptionKind) => send<RefreshOptionsReply>('POST', `/options/${kind}/refresh`, {}),
  variables: (journeyId: string | null, signal?: AbortSignal) =>
    get<VariablesReply>('/flows/variables', signal, { journeyId }),
  tryFlow: (id: string, body: TryRequest, signal?: AbortSignal) =>
    post<TryReply>(`/flows/${id}/try`, body, signal),
  runs: (filter: RunsFilter, cursor: Cursor, signal?: AbortSignal) =>
    get<RunsReply>('/runs', signal, { ...filter, cursor }),
  runErrors: (filter: Omit<RunsFilter, 'status' | 'error'>, signal?: AbortSignal) =>
    get<RunErrorsReply>('/runs/errors', signal, filter),
  run: (id: string, signal?: AbortSignal) => get<RunReply>(`/runs/${id}`, signal),
  retryRun: (id: string, body: RetryRequest) => send<RunReply>('POST', `/runs/${id}/retry`, body),
  skipStep: (id: string, stepId: string) => send<RunReply>('POST', `/runs/${id}/skip`, { stepId }),
  cancelRun: (id: string) => send<RunReply>('POST', `/runs/${id}/cancel`, {}),
  previewBulk: (body: BulkRequest, signal?: AbortSignal) =>
    post<BulkPreviewReply>('/runs/bulk/preview', body, signal),
  actOnRuns: (body: BulkRequest & { expected: number }) => send<BulkReply>('POST', '/runs/bulk', body),
  previewEmail: (id: string, body: EmailPreviewRequest, signal?: AbortSignal) =>
    post<EmailPreviewReply>(`/flows/${id}/email-preview`, body, signal),
  enrolment: (id: string, of: EnrolmentSource, signal?: AbortSignal) =>
    get<EnrolmentReply>(`/flows/${id}/enrolment`, signal, { of }),
  enrol: (id: string, body: { requestId: string; expected: number }) =>
    send<{ count: number }>('POST', `/flows/${id}/enrol`, body),
  startFlow: (id: string, body: { journeyId: string; requestId: string }) =>
    send<StartFlowReply>('POST', `/flows/${id}/start`, body),
  why: (flowId: string, contactId: string, signal?: AbortSignal) =>
    get<WhyReply>(`/flows/${flowId}/why`, signal, { contactId }),
  alerts: (signal?: AbortSignal) => get<AlertsReply>('/alerts', signal),
  closeAlert: (id: string) => sendOnly('POST', `/alerts/${id}/close`),

  messages: (filter: MessagesFilter, cursor: Cursor, signal?: AbortSignal) =>
    get<MessagesReply>('/messages', signal, { ...filter, cursor }),
  message: (id: string, signal?: AbortSignal) => get<MessageReply>(`/messages/${id}`, signal),

  integrations: (signal?: AbortSignal) => get<IntegrationsReply>('/integrations', signal),
  testConnection: (body: unknown) => send<ConnectTestReply>('POST', '/servicetitan/auth/test', body),
  connect: (body: unknown) => send<ConnectionSummary>('POST', '/servicetitan/auth', body),
  connection: (id: string, signal?: AbortSignal) => get<ConnectionReply>(`/connections/${id}`, signal),
  diagnose: (id: string) => send<DiagnosisReply>('POST', `/connections/${id}/diagnosis`, {}),
  stateSettings: (connectionId: string, signal?: AbortSignal) =>
    get<StateSettingsReply>(`/connections/${connectionId}/state-settings`, signal),
  workspaceSettings: (signal?: AbortSignal) =>
    get<WorkspaceSettingsReply>('/workspace/state-settings', signal),
  settingsPreview: (path: SettingsPath, signal?: AbortSignal) =>
    get<SettingsPreviewReply>(`${path}/preview`, signal),
  previewSettings: (path: SettingsPath, body: { changes: SettingsDraft } | { undoes: string }) =>
    send<SettingsPreviewReply>('POST', `${path}/preview`, body),
  discardPreview: (path: SettingsPath) => send<SettingsPreviewReply>('DELETE', `${path}/preview`, {}),
  applySettings: (path: SettingsPath, body: { previewId: string; startFlows: boolean; note: string }) =>
    send<SettingsChangesReply>('PUT', path, body),
  settingsChanges: (path: SettingsPath, signal?: AbortSignal) =>
    get<SettingsChangesReply>(`${path}/changes`, signal),
  undoSettings: (path: SettingsPath, changeId: string) =>
    send<SettingsChangesReply>('POST', `${path}/changes/${changeId}/undo`, {}),
  workspace: (signal?: AbortSignal) => get<WorkspaceReply>('/workspace', signal),
  saveWorkspace: (body: Partial<WorkspaceReply>) => send<WorkspaceReply>('PATCH', '/workspace', body),
  webhook: (connectionId: string, signal?: AbortSignal) =>
    get<WebhookReply>(`/connections/${connectionId}/webhook`, signal),
  saveWebhook: (connectionId: string, body: WebhookRequest) =>
    send<WebhookReply>('PUT', `/connections/${connectionId}/webhook`, body),
  actOnResource: (connectionId: string, resource: string, act: ResourceAct) =>
    sendOnly('POST', `/connections/${connectionId}/resources/${resource}/${act}`),
  scheduleResource: (connectionId: string, resource: string, pollSeconds: number | null) =>
    send<ResourceSync>('PATCH', `/connections/${connectionId}/resources/${resource}`, { pollSeconds }),
  readAnew: (connectionId: string, from: string | null) =>
    sendOnly('POST', `/connections/${connectionId}/backfill`, { from }),
  rejected: (connectionId: string, resource: string, cursor: Cursor, signal?: AbortSignal) =>
    get<RejectedReply>(`/connections/${connectionId}/rejected`, signal, { resource, cursor }),
  retryRejected: (connectionId: string, resource: string, recordId: number) =>
    send<RetryReply>('POST', `/connections/${connectionId}/rejected/${resource}/${recordId}/retry`, {}),
  volume: (body: VolumeRequest) => send<VolumeReply>('POST', '/servicetitan/auth/volume', body),
  syncNow: (connectionId: string) => sendOnly('POST', '/servicetitan/sync', { connectionId }),

  mailbox: (search: string, signal?: AbortSignal) => get<MailboxReply>('/mailbox', signal, { search }),
  mail: (id: string, signal?: AbortSignal) => get<MailboxMailReply>(`/mailbox/${id}`, signal),
  playStory: (body: { connectionId: string; event: string; servicetitanCustomerId?: number }) =>
    send<StoryReply>('POST', '/sandbox/story', body),
  moveClock: (advance: string) => send<ClockReply>('POST', '/sandbox/clock', { advance }),
};
