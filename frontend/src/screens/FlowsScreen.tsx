import { Button, Paper } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFileImport, IconPlus, IconTemplate } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { EmptyState } from '../components/common/EmptyState.tsx';
import { LinkButton } from '../components/common/LinkButton.tsx';
import { Page } from '../components/common/Page.tsx';
import { QueryView } from '../components/common/QueryView.tsx';
import { RowsSkeleton } from '../components/common/RowsSkeleton.tsx';
import { SearchFilter } from '../components/common/SearchFilter.tsx';
import { SelectFilter } from '../components/common/SelectFilter.tsx';
import { useUrlFilter } from '../components/common/useUrlFilter.ts';
import { CreateFlowDialog } from '../components/flows/CreateFlowDialog.tsx';
import { FlowsTable } from '../components/flows/FlowsTable.tsx';
import { ImportDialog } from '../components/flows/ImportDialog.tsx';
import { queries } from '../queries.ts';
import { useCanEdit } from '../session.ts';

const statusOptions = [
  { value: 'live', label: 'Live' },
  { value: 'paused', label: 'Paused' },
  { value: 'draft', label: 'Draft' },
  { value: 'archived', label: 'Archived' },
];

/** What runs. */
export function FlowsScreen() {
  const [search] = useUrlFilter('search');
  const [status] = useUrlFilter('status');
  const flows = useQuery(queries.flows(status === 'archived'));
  const [creating, { open, close }] = useDisclosure();
  const [importing, importDialog] = useDisclosure();
  const canEdit = useCanEdit();
  const words = search.toLowerCase();
  const create = canEdit ? (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      New flow
    </Button>
  ) : null;
  return (
    <Page
      title="Flows"
      description="What happens by itself when a customer enters a state."
      actions={
        <>
          <SearchFilter label="Search flows" />
          <SelectFilter name="status" label="Status" all="All statuses" options={statusOptions} />
          <LinkButton variant="default" to="/flows/gallery" leftSection={<IconTemplate size={16} />}>
            Gallery
          </LinkButton>
          {canEdit ? (
            <Button variant="default" leftSection={<IconFileImport size={16} />} onClick={importDialog.open}>
              Import
            </Button>
          ) : null}
          {create}
        </>
      }
    >
      <Paper style={{ overflow: 'hidden' }}>
        <QueryView query={flows} skeleton={<RowsSkeleton rows={8} height={32} />}>
          {(data) => {
            const shown = data.flows.filter(
              (flow) =>
                (status === '' || flow.status === status) &&
                `${flow.name} ${flow.description} ${flow.trigger}`.toLowerCase().includes(words),
            );
            if (shown.length > 0) return <FlowsTable flows={shown} />;
            return data.flows.length === 0 ? (
              <EmptyState title="No flows yet" action={create}>
                A flow sends e-mails and does other things when a customer enters a state.
              </EmptyState>
            ) : (
              <EmptyState title="No flow matches">Change the search or the status.</EmptyState>
            );
          }}
        </QueryView>
      </Paper>
      {creating ? <CreateFlowDialog onClose={close} /> : null}
      {importing ? <ImportDialog onClose={importDialog.close} /> : null}
    </Page>
  );
}
