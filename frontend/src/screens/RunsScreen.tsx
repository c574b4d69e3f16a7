import { Button, Paper } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconListCheck, IconUserQuestion } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useParams, useSearchParams } from 'react-router';
import { BackLink } from '../components/common/BackLink.tsx';
import { EmptyState } from '../components/common/EmptyState.tsx';
import { LoadMore } from '../components/common/LoadMore.tsx';
import { Page } from '../components/common/Page.tsx';
import { QueryView } from '../components/common/QueryView.tsx';
import { RowsSkeleton } from '../components/common/RowsSkeleton.tsx';
import { useUrlFilter } from '../components/common/useUrlFilter.ts';
import { RunsTable } from '../components/flows/RunsTable.tsx';
import { BulkDialog } from '../components/runs/BulkDialog.tsx';
import { ErrorFilter, RunsFilters } from '../components/runs/RunsFilters.tsx';
import { filterWords, isNarrowed, runsFilterOf } from '../components/runs/runsFilter.ts';
import { WhyDialog } from '../components/why/WhyDialog.tsx';
import { queries } from '../queries.ts';
import { useCanEdit } from '../session.ts';

/** Who went through a flow, or through any, and how it went. */
export function RunsScreen() {
  const { flowId } = useParams();
  const [params] = useSearchParams();
  const filter = runsFilterOf(params, flowId);
  const flow = useQuery({ ...queries.flow(filter.flowId ?? ''), enabled: filter.flowId !== undefined });
  const runs = useInfiniteQuery(queries.runs(filter));
  const [acting, act] = useDisclosure();
  const [why, setWhy] = useUrlFilter('why');
  const canEdit = useCanEdit();
  const flowName = flow.data?.flow.name;
  const count = runs.data?.pages[0]?.runs.length ?? 0;
  return (
    <Page
      title={flowId === undefined ? 'Runs of all flows' : flowName ? `Runs of ${flowName}` : 'Runs'}
      description="Newest first."
      before={
        flowId === undefined ? (
          <BackLink to="/flows" label="All flows" />
        ) : (
          <BackLink to={`/flows/${flowId}`} label="Back to the flow" />
        )
      }
      actions={
        <>
          <RunsFilters filter={filter} isOfAll={flowId === undefined} />
          {flowId === undefined ? null : (
            <Button
              variant="default"
              leftSection={<IconUserQuestion size={16} aria-hidden />}
              onClick={() => setWhy('choose')}
            >
              Why did somebody get it, or not?
            </Button>
          )}
          {canEdit && count > 0 ? (
            <Button
              variant="default"
              leftSection={<IconListCheck size={16} aria-hidden />}
              onClick={act.open}
            >
              Act on all of these…
            </Button>
          ) : null}
        </>
      }
    >
      <Paper style={{ overflow: 'hidden' }}>
        <ErrorFilter />
        <QueryView query={runs} skeleton={<RowsSkeleton rows={10} height={28} />}>
          {({ pages }) => {
            const all = pages.flatMap((page) => page.runs);
            return all.length > 0 ? (
              <>
                <RunsTable runs={all} withFlow={flowId === undefined} />
                <LoadMore pages={runs} />
              </>
            ) : (
              <NoRuns isNarrowed={isNarrowed(filter)} />
            );
          }}
        </QueryView>
      </Paper>
      {acting ? (
        <BulkDialog filter={filter} words={filterWords(filter, flowName)} onClose={act.close} />
      ) : null}
      {why !== '' && flowId !== undefined ? (
        <WhyDialog
          flowId={flowId}
          flowName={flowName ?? 'this flow'}
          contactId={why === 'choose' ? null : why}
          onChoose={setWhy}
          onClose={() => setWhy(null)}
        />
      ) : null}
    </Page>
  );
}

function NoRuns({ isNarrowed: isSearch }: { isNarrowed: boolean }) {
  return isSearch ? (
    <EmptyState title="No run matches">Change the filters.</EmptyState>
  ) : (
    <EmptyState title="Nobody went through it yet">
      It starts when it is live and what it listens to happens. History from before starts nothing.
    </EmptyState>
  );
}
