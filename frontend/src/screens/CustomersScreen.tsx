import { Button, Paper } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { stateNumbers, stateTitles } from '#backend/schemas/state.ts';
import { ConnectionFilter } from '../components/common/ConnectionFilter.tsx';
import { EmptyState } from '../components/common/EmptyState.tsx';
import { Page } from '../components/common/Page.tsx';
import { QueryView } from '../components/common/QueryView.tsx';
import { RowsSkeleton } from '../components/common/RowsSkeleton.tsx';
import { SearchFilter } from '../components/common/SearchFilter.tsx';
import { SelectFilter } from '../components/common/SelectFilter.tsx';
import { useUrlFilter } from '../components/common/useUrlFilter.ts';
import { CustomersTable } from '../components/customer/CustomersTable.tsx';
import { CustomersViews } from '../components/customer/CustomersViews.tsx';
import { useNavigate } from 'react-router';
import { countOf } from '../money.ts';
import { queries } from '../queries.ts';

const stateOptions = stateNumbers.map((state) => ({ value: String(state), label: stateTitles[state] }));

/** Finds somebody: every journey as a row. */
export function CustomersScreen() {
  const [search] = useUrlFilter('search');
  const [state] = useUrlFilter('state');
  const [connectionId] = useUrlFilter('connection');
  const navigate = useNavigate();
  const customers = useInfiniteQuery(queries.customers({ search, state, connectionId }));
  const total = customers.data?.pages[0]?.total;
  const filtered = search !== '' || state !== '' || connectionId !== '';
  return (
    <Page
      full
      title="Customers"
      description={total === undefined ? 'Loading…' : countOf(total, 'journey')}
      actions={
        <>
          <SearchFilter label="Search customers" />
          <SelectFilter name="state" label="State" all="All states" options={stateOptions} />
          <ConnectionFilter />
          <CustomersViews />
        </>
      }
    >
      <Paper flex={1} mih={0} style={{ display: 'flex', flexDirection: 'column', overflow: 'hidden' }}>
        <QueryView query={customers} skeleton={<RowsSkeleton rows={14} height={28} />}>
          {({ pages }) =>
            total === 0 ? (
              <EmptyState
                title={filtered ? 'Nobody matches these filters' : 'No customers yet'}
                action={
                  <Button
                    variant="default"
                    onClick={() => void navigate(filtered ? '/customers' : '/integrations')}
                  >
                    {filtered ? 'Clear the filters' : 'Open the integrations'}
                  </Button>
                }
              >
                {filtered
                  ? 'Try fewer words or another state.'
                  : 'Connect ServiceTitan to see its customers here.'}
              </EmptyState>
            ) : (
              <CustomersTable rows={pages.flatMap((page) => page.customers)} pages={customers} />
            )
          }
        </QueryView>
      </Paper>
    </Page>
  );
}
