import { Paper } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { EmptyState } from '../components/common/EmptyState.tsx';
import { LoadMore } from '../components/common/LoadMore.tsx';
import { Page } from '../components/common/Page.tsx';
import { QueryView } from '../components/common/QueryView.tsx';
import { RowsSkeleton } from '../components/common/RowsSkeleton.tsx';
import { SearchFilter } from '../components/common/SearchFilter.tsx';
import { SelectFilter } from '../components/common/SelectFilter.tsx';
import { useUrlFilter } from '../components/common/useUrlFilter.ts';
import { MessageDrawer } from '../components/messages/MessageDrawer.tsx';
import { MessagesTable } from '../components/messages/MessagesTable.tsx';
import { queries } from '../queries.ts';

const statusOptions = [
  { value: 'sent', label: 'Sent' },
  { value: 'skipped', label: 'Not sent' },
  { value: 'failed', label: 'Failed' },
  { value: 'queued', label: 'Queued' },
];

/** What went out, what did not, and why. */
export function MessagesScreen() {
  const [search] = useUrlFilter('search');
  const [status] = useUrlFilter('status');
  const [messageId, setMessageId] = useUrlFilter('message');
  const messages = useInfiniteQuery(queries.messages({ search, status }));
  return (
    <Page
      title="Messages"
      description="What went out, what did not, and why."
      actions={
        <>
          <SearchFilter label="Search messages" />
          <SelectFilter name="status" label="Status" all="All statuses" options={statusOptions} />
        </>
      }
    >
      <Paper style={{ overflow: 'hidden' }}>
        <QueryView query={messages} skeleton={<RowsSkeleton rows={10} height={30} />}>
          {({ pages }) => {
            const all = pages.flatMap((page) => page.messages);
            if (all.length > 0) {
              return (
                <>
                  <MessagesTable messages={all} onOpen={setMessageId} />
                  <LoadMore pages={messages} />
                </>
              );
            }
            return search || status ? (
              <EmptyState title="No message matches">Change the search or the status.</EmptyState>
            ) : (
              <EmptyState title="No messages yet">
                As soon as a live flow sends an e-mail, or decides not to, it stands here with the reason.
              </EmptyState>
            );
          }}
        </QueryView>
      </Paper>
      {messageId ? <MessageDrawer messageId={messageId} onClose={() => setMessageId(null)} /> : null}
    </Page>
  );
}
