import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, type BoardFilter, type CustomersFilter, type MessagesFilter, type RunsFilter } from './api.ts';

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
  connection: (id: string) =>
    queryOptions({ queryKey: ['connection', id], queryFn: ({ signal }) => api.connection(id, signal) }),
  mailbox: (search: string) =>
    queryOptions({
      queryKey: ['mailbox', search],
      queryFn: ({ signal }) => api.mailbox(search, signal),
      placeholderData: keepPreviousData,
    }),
  mail: (id: string) =>
    queryOptions({ queryKey: ['mail', id], queryFn: ({ signal }) => api.mail(id, signal) }),
};
