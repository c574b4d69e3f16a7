import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { VolumeRequest } from '#backend/schemas/api.ts';
import {
  api,
  type BoardFilter,
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
  flows: () => queryOptions({ queryKey: ['flows'], queryFn: ({ signal }) => api.flows(signal) }),
  flow: (id: string) =>
    queryOptions({ queryKey: ['flow', id], queryFn: ({ signal }) => api.flow(id, signal) }),
  runs: (filter: RunsFilter) =>
    infiniteQueryOptions({
      queryKey: ['runs', filter],
      queryFn: ({ pageParam, signal }) => api.runs(filter, pageParam, signal),
      initialPageParam: firstPage.cursor,
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
    }),
  run: (id: string) => queryOptions({ queryKey: ['run', id], queryFn: ({ signal }) => api.run(id, signal) }),
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
