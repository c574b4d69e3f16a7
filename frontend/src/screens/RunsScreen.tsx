import { Paper } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { BackLink } from '../components/common/BackLink.tsx';
import { EmptyState } from '../components/common/EmptyState.tsx';
import { LoadMore } from '../components/common/LoadMore.tsx';
import { Page } from '../components/common/Page.tsx';
import { QueryView } from '../components/common/QueryView.tsx';
import { RowsSkeleton } from '../components/common/RowsSkeleton.tsx';
import { SelectFilter } from '../components/common/SelectFilter.tsx';
import { useUrlFilter } from '../components/common/useUrlFilter.ts';
import { RunsTable } from '../components/flows/RunsTable.tsx';
import { queries } from '../queries.ts';

const statusOptions = [
  { value: 'active', label: 'Active' },
  { value: 'done', label: 'Done' },
  { value: 'ended', label: 'Ended early' },
  { value: 'failed', label: 'Failed' },
];

/** Who went through a flow, and how it went. */
export function RunsScreen() {
  const { flowId = '' } = useParams();
  const [status] = useUrlFilter('status');
  const flow = useQuery(queries.flow(flowId));
  const runs = useInfiniteQuery(queries.runs({ flowId, status }));
  return (
    <Page
      title={flow.data ? `Runs of ${flow.data.flow.name}` : 'Runs'}
      description="Newest first."
      before={<BackLink to={`/flows/${flowId}`} label="Back to the flow" />}
      actions={<SelectFilter name="status" label="Status" all="All statuses" options={statusOptions} />}
    >
      <Paper style={{ overflow: 'hidden' }}>
        <QueryView query={runs} skeleton={<RowsSkeleton rows={10} height={28} />}>
          {({ pages }) => {
            const all = pages.flatMap((page) => page.runs);
            if (all.length > 0) {
              return (
                <>
                  <RunsTable runs={all} />
                  <LoadMore pages={runs} />
                </>
              );
            }
            return (
              <EmptyState title={status ? 'No run has this status' : 'Nobody went through this flow yet'}>
                {status
                  ? 'Choose another status.'
                  : 'It starts when it is live and a customer enters its state. History from before starts nothing.'}
              </EmptyState>
            );
          }}
        </QueryView>
      </Paper>
    </Page>
  );
}
