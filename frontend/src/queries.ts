import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { VolumeRequest } from '#backend/schemas/api.ts';
import type { OptionKind } from '#backend/schemas/conditions.ts';
import type { EmailPreviewRequest, TryRequest } from '#backend/schemas/flowApi.ts';
import type { EnrolmentSource } from '#backend/schemas/runApi.ts';
import {
  api,
  type BoardFilter,
  type BulkRequest,
  type CustomersFilter,
  type MessagesFilter,
  type RunsFilter,
  type SettingsPath,
} from './api.ts';

const firstPage: { cursor: string | null } = { cursor: null };

/** What the screens read, each under a key whose first word names the resource (see liveInvalidation). */
export const queries = {
  session: () =>
    queryOptions({ queryKey: ['session'], queryFn: ({ signal }) => api.session(signal), staleTime: 60_000 }),
  board: (filter: BoardFilter) =>
    queryOptions({
      queryKey: ['board', filter],
      queryFn: ({ signal }) => api.board(filter, signal),
      placeholderData: keepPreviousData,
    }),
  customers: (filter: CustomersFilter) =>
    infiniteQueryOptions({
      queryKey: ['customers', filter],
      queryFn: ({ pageParam, signal }) => api.customers(filter, pageParam, 100, signal),
      initialPageParam: firstPage.cursor,
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
    }),
  findCustomers: (filter: { connectionId: string; search: string }) =>
    queryOptions({
      queryKey: ['customers', 'find', filter],
      queryFn: ({ signal }) => api.customers(filter, null, 20, signal),
      placeholderData: keepPreviousData,
    }),
  timeline: (contactId: string) =>
    queryOptions({
      queryKey: ['timeline', contactId],
      queryFn: ({ signal }) => api.timeline(contactId, signal),
    }),
  explain: (contactId: string) =>
    queryOptions({
      queryKey: ['timeline', contactId, 'explain'],
      queryFn: ({ signal }) => api.explain(contactId, signal),
    }),
  flows: (withArchived = false) =>
    queryOptions({
      queryKey: ['flows', { withArchived }],
      queryFn: ({ signal }) => api.flows(withArchived, signal),
    }),
  flow: (id: string) =>
    queryOptions({ queryKey: ['flow', id], queryFn: ({ signal }) => api.flow(id, signal) }),
  versions: (id: string) =>
    queryOptions({ queryKey: ['flow', id, 'versions'], queryFn: ({ signal }) => api.versions(id, signal) }),
  version: (id: string, number: number) =>
    queryOptions({
      queryKey: ['flow', id, 'versions', number],
      queryFn: ({ signal }) => api.version(id, number, signal),
    }),
  checkpoints: (id: string) =>
    queryOptions({
      queryKey: ['flow', id, 'checkpoints'],
      queryFn: ({ signal }) => api.checkpoints(id, signal),
    }),
  checkpoint: (id: string, checkpointId: string) =>
    queryOptions({
      queryKey: ['flow', id, 'checkpoints', checkpointId],
      queryFn: ({ signal }) => api.checkpoint(id, checkpointId, signal),
      staleTime: Infinity,
    }),
  gallery: () =>
    queryOptions({ queryKey: ['flows', 'gallery'], queryFn: ({ signal }) => api.gallery(signal) }),
  options: (kind: OptionKind) =>
    queryOptions({
      queryKey: ['options', kind],
      queryFn: ({ signal }) => api.options(kind, signal),
      staleTime: 60_000,
    }),
  variables: (journeyId: string | null) =>
    queryOptions({
      queryKey: ['variables', journeyId],
      queryFn: ({ signal }) => api.variables(journeyId, signal),
      placeholderData: keepPreviousData,
    }),
  emailPreview: (id: string, question: EmailPreviewRequest) =>
    queryOptions({
      queryKey: ['email-preview', id, question],
      queryFn: ({ signal }) => api.previewEmail(id, question, signal),
      placeholderData: keepPreviousData,
      gcTime: 30_000,
    }),
  enrolment: (id: string, of: EnrolmentSource) =>
    queryOptions({
      queryKey: ['flow', id, 'enrolment', of],
      queryFn: ({ signal }) => api.enrolment(id, of, signal),
    }),
  tryFlow: (id: string, question: TryRequest) =>
    queryOptions({
      // What is tried is the flow as it is on the screen: only the newest attempts are worth keeping.
      queryKey: ['try', id, question],
      queryFn: ({ signal }) => api.tryFlow(id, question, signal),
      placeholderData: keepPreviousData,
      gcTime: 30_000,
    }),
  runs: (filter: RunsFilter) =>
    infiniteQueryOptions({
      queryKey: ['runs', filter],
      queryFn: ({ pageParam, signal }) => api.runs(filter, pageParam, signal),
      initialPageParam: firstPage.cursor,
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
    }),
  /** The runs that a customer is in now, those first that wait for somebody. */
  currentRuns: (contactId: string) =>
    queryOptions({
      queryKey: ['runs', 'current', contactId],
      queryFn: async ({ signal }) => {
        const pages = await Promise.all(
          ['parked', 'active'].map((status) => api.runs({ contactId, status }, firstPage.cursor, signal)),
        );
        return pages.flatMap(({ runs }) => runs);
      },
    }),
  runErrors: (filter: Omit<RunsFilter, 'status' | 'error'>) =>
    queryOptions({
      queryKey: ['runs', 'errors', filter],
      queryFn: ({ signal }) => api.runErrors(filter, signal),
      placeholderData: keepPreviousData,
    }),
  run: (id: string) => queryOptions({ queryKey: ['run', id], queryFn: ({ signal }) => api.run(id, signal) }),
  bulk: (request: BulkRequest) =>
    queryOptions({
      queryKey: ['bulk', request],
      queryFn: ({ signal }) => api.previewBulk(request, signal),
      gcTime: 0,
    }),
  why: (flowId: string, contactId: string) =>
    queryOptions({
      queryKey: ['why', flowId, contactId],
      queryFn: ({ signal }) => api.why(flowId, contactId, signal),
    }),
  alerts: () => queryOptions({ queryKey: ['alerts'], queryFn: ({ signal }) => api.alerts(signal) }),
  messages: (filter: MessagesFilter) =>
    infiniteQueryOptions({
      queryKey: ['messages', filter],
      queryFn: ({ pageParam, signal }) => api.messages(filter, pageParam, signal),
      initialPageParam: firstPage.cursor,
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
    }),
  message: (id: string) =>
    queryOptions({ queryKey: ['message', id], queryFn: ({ signal }) => api.message(id, signal) }),
  integrations: () =>
    queryOptions({ queryKey: ['integrations'], queryFn: ({ signal }) => api.integrations(signal) }),
  stateSettings: (connectionId: string) =>
    queryOptions({
      queryKey: ['state-settings', connectionId],
      queryFn: ({ signal }) => api.stateSettings(connectionId, signal),
      staleTime: 60_000,
    }),
  workspaceSettings: () =>
    queryOptions({
      queryKey: ['state-settings', 'workspace'],
      queryFn: ({ signal }) => api.workspaceSettings(signal),
    }),
  settingsPreview: (path: SettingsPath) =>
    queryOptions({
      queryKey: ['settings-preview', path],
      queryFn: ({ signal }) => api.settingsPreview(path, signal),
      refetchInterval: ({ state }) => (state.data?.preview?.status === 'running' ? 1000 : false),
    }),
  settingsChanges: (path: SettingsPath) =>
    queryOptions({
      queryKey: ['settings-changes', path],
      queryFn: ({ signal }) => api.settingsChanges(path, signal),
      refetchInterval: ({ state }) => (state.data?.isDeriving ? 2000 : false),
    }),
  workspace: () => queryOptions({ queryKey: ['workspace'], queryFn: ({ signal }) => api.workspace(signal) }),
  connection: (id: string) =>
    queryOptions({
      queryKey: ['connection', id],
      queryFn: ({ signal }) => api.connection(id, signal),
      // While a tenant's history is read, and whenever something is being read, the page follows.
      refetchInterval: ({ state }) => (state.data?.connection.syncing ? 3000 : false),
    }),
  rejected: (connectionId: string, resource: string) =>
    infiniteQueryOptions({
      queryKey: ['connection', connectionId, 'rejected', resource],
      queryFn: ({ pageParam, signal }) => api.rejected(connectionId, resource, pageParam, signal),
      initialPageParam: firstPage.cursor,
      getNextPageParam: (page) => page.nextCursor,
    }),
  volume: (request: VolumeRequest) =>
    queryOptions({
      // Of credentials that are being entered only the tenant is in the key.
      queryKey: [
        'volume',
        'connectionId' in request.tenant ? request.tenant.connectionId : request.tenant.tenantId,
        request.from,
      ],
      queryFn: () => api.volume(request),
      staleTime: 60_000,
      gcTime: 0,
    }),
  webhook: (connectionId: string) =>
    queryOptions({
      queryKey: ['connection', connectionId, 'webhook'],
      queryFn: ({ signal }) => api.webhook(connectionId, signal),
    }),
  mailbox: (search: string) =>
    queryOptions({
      queryKey: ['mailbox', search],
      queryFn: ({ signal }) => api.mailbox(search, signal),
      placeholderData: keepPreviousData,
    }),
  mail: (id: string) =>
    queryOptions({ queryKey: ['mail', id], queryFn: ({ signal }) => api.mail(id, signal) }),
};
