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
  FlowStatus,
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
import type { DraftGraph } from '#backend/schemas/flow.ts';
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

async function sendOnly(method: 'POST' | 'PUT', path: string, body: unknown = {}): Promise<void> {
  await request(method, path, { body });
}

export type BoardFilter = { connectionId: string; search: string };
export type CustomersFilter = BoardFilter & { state: string };
export type RunsFilter = { flowId?: string; contactId?: string; status?: string };
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

  flows: (signal?: AbortSignal) => get<FlowsReply>('/flows', signal),
  flow: (id: string, signal?: AbortSignal) => get<FlowReply>(`/flows/${id}`, signal),
  createFlow: (name: string) => send<{ flow: FlowSummary }>('POST', '/flows', { name }),
  saveDraft: (id: string, body: { name: string; graph: DraftGraph; draftRevision: number }) =>
    send<SaveDraftReply>('PUT', `/flows/${id}/draft`, body),
  publishFlow: (id: string) => sendOnly('POST', `/flows/${id}/publish`),
  setFlowStatus: (id: string, status: Extract<FlowStatus, 'live' | 'paused'>) =>
    sendOnly('POST', `/flows/${id}/status`, { status }),
  runs: (filter: RunsFilter, cursor: Cursor, signal?: AbortSignal) =>
    get<RunsReply>('/runs', signal, { ...filter, cursor }),
  run: (id: string, signal?: AbortSignal) => get<RunReply>(`/runs/${id}`, signal),

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
