import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Board } from '../components/board/Board.tsx';
import { BoardSkeleton } from '../components/board/BoardSkeleton.tsx';
import { ConnectionFilter } from '../components/common/ConnectionFilter.tsx';
import { EmptyState } from '../components/common/EmptyState.tsx';
import { LinkButton } from '../components/common/LinkButton.tsx';
import { Page } from '../components/common/Page.tsx';
import { QueryView } from '../components/common/QueryView.tsx';
import { SearchFilter } from '../components/common/SearchFilter.tsx';
import { useUrlFilter } from '../components/common/useUrlFilter.ts';
import { CustomersViews } from '../components/customer/CustomersViews.tsx';
import { countOf } from '../money.ts';
import { queries } from '../queries.ts';

/** Who is where, and what moved. */
export function BoardScreen() {
  const [connectionId] = useUrlFilter('connection');
  const [search, setSearch] = useUrlFilter('search');
  const filter = { connectionId, search };
  const board = useQuery(queries.board(filter));
  const total = board.data?.columns.reduce((sum, { count }) => sum + count, 0);
  return (
    <Page
      full
      title="Customers"
      description={total === undefined ? 'Loading…' : countOf(total, 'journey')}
      actions={
        <>
          <SearchFilter label="Search the board" />
          <ConnectionFilter />
          <CustomersViews />
        </>
      }
    >
      <QueryView query={board} skeleton={<BoardSkeleton />}>
        {(data) => {
          if (total !== 0) return <Board board={data} filter={filter} />;
          if (search) {
            return (
              <EmptyState
                title={`Nobody matches “${search}”`}
                action={
                  <Button variant="default" onClick={() => setSearch(null)}>
                    Clear the search
                  </Button>
                }
              >
                The search looks at names, job numbers and e-mail addresses.
              </EmptyState>
            );
          }
          return (
            <EmptyState
              title="No customers yet"
              action={<LinkButton to="/integrations">Open the integrations</LinkButton>}
            >
              Connect ServiceTitan, and everybody with a lead, a visit or an estimate appears here by what
              comes next.
            </EmptyState>
          );
        }}
      </QueryView>
    </Page>
  );
}
