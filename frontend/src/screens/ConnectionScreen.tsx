import { Alert, Button, Group, Paper, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import type { ConnectionReply } from '#backend/schemas/api.ts';
import { api } from '../api.ts';
import { BackLink } from '../components/common/BackLink.tsx';
import { BusyButton } from '../components/common/BusyButton.tsx';
import { notifyError } from '../components/common/notify.tsx';
import { Page } from '../components/common/Page.tsx';
import { QueryView } from '../components/common/QueryView.tsx';
import { RowsSkeleton } from '../components/common/RowsSkeleton.tsx';
import { StatusBadge } from '../components/common/StatusBadge.tsx';
import { Time } from '../components/common/Time.tsx';
import { Working } from '../components/common/Working.tsx';
import { CircuitAlert } from '../components/integrations/CircuitAlert.tsx';
import { environmentWords } from '../components/integrations/ConnectionsList.tsx';
import { DiagnosisPanel } from '../components/integrations/DiagnosisPanel.tsx';
import styles from '../components/integrations/Integrations.module.css';
import { SyncsList } from '../components/integrations/SyncsList.tsx';
import { WebhooksPanel } from '../components/integrations/WebhooksPanel.tsx';
import { StateSettingsSection } from '../components/state-settings/StateSettingsSection.tsx';
import { BackfillPanel } from '../components/syncs/BackfillPanel.tsx';
import { ReadAnewDialog } from '../components/syncs/ReadAnewDialog.tsx';
import { ResourcesTable } from '../components/syncs/ResourcesTable.tsx';
import { countOf } from '../money.ts';
import { queries } from '../queries.ts';
import { useSession } from '../session.ts';

/** Whether one connected tenant is healthy. */
export function ConnectionScreen() {
  const { connectionId = '' } = useParams();
  const connection = useQuery(queries.connection(connectionId));
  const summary = connection.data?.connection;
  return (
    <Page
      title={summary?.name ?? 'Connection'}
      before={<BackLink to="/integrations" label="All integrations" />}
      description={
        summary
          ? `ServiceTitan tenant ${summary.tenantId} · ${environmentWords[summary.environment]} · ${summary.timeZone}`
          : 'Loading…'
      }
      actions={summary ? <Actions data={summary} /> : null}
    >
      <QueryView query={connection} skeleton={<RowsSkeleton rows={8} />}>
        {(data) => <Content data={data} />}
      </QueryView>
    </Page>
  );
}

function Actions({ data }: { data: ConnectionReply['connection'] }) {
  const { role } = useSession();
  const queryClient = useQueryClient();
  const sync = useMutation({
    mutationFn: () => api.syncNow(data.id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['connection', data.id] }),
    onError: (error) => notifyError(`${data.name} could not be read`, error),
  });
  return (
    <>
      <StatusBadge status={data.status} />
      {role === 'viewer' ? null : (
        <BusyButton
          leftSection={<IconRefresh size={16} />}
          isBusy={sync.isPending || data.syncing}
          onClick={() => sync.mutate()}
        >
          {data.syncing ? 'Syncing…' : 'Sync now'}
        </BusyButton>
      )}
    </>
  );
}

function Content({ data }: { data: ConnectionReply }) {
  const { connection, resources, syncs, liveFrom, diagnosis } = data;
  const { role } = useSession();
  const [isReadingAnew, setIsReadingAnew] = useState(false);
  const isAdmin = role === 'owner' || role === 'admin';
  const zone = connection.timeZone;
  return (
    <>
      {connection.circuit ? <CircuitAlert connection={connection} circuit={connection.circuit} /> : null}
      {connection.statusReason ? (
        <Alert
          color={connection.status === 'error' ? 'red' : 'orange'}
          icon={<IconAlertTriangle size={18} />}
          title={
            connection.status === 'error'
              ? `${connection.name} needs attention`
              : `Parts of ${connection.name} are switched off`
          }
        >
          {connection.statusReason}
        </Alert>
      ) : null}
      <Text size="sm" c="dimmed" component="div">
        {countOf(connection.customers, 'customer')} · live since <Time iso={liveFrom} zone={zone} />: what
        happened before mails nobody.
      </Text>
      <BackfillPanel connection={connection} resources={resources} />
      <Paper component="section" aria-label="Resources" style={{ overflow: 'hidden' }}>
        <Group justify="space-between" p="lg" pb="sm">
          <div className={styles.grow}>
            <Title order={2} size="md">
              Resources
            </Title>
            <Text size="sm" c="dimmed">
              What is read of the tenant. Customers get their states once all of it was read together.
            </Text>
          </div>
          {isAdmin ? (
            <Button size="xs" variant="default" onClick={() => setIsReadingAnew(true)}>
              Read all again…
            </Button>
          ) : null}
        </Group>
        <ResourcesTable connection={connection} resources={resources} />
      </Paper>
      <Paper component="section" aria-label="Syncs" style={{ overflow: 'hidden' }}>
        <div className={styles.head}>
          <Title order={2} size="md">
            Syncs
          </Title>
          <Text size="sm" c="dimmed">
            The latest reads that brought something or failed.
          </Text>
        </div>
        {connection.syncing ? <Working label="A sync is running" size="xs" /> : null}
        <SyncsList syncs={syncs} zone={zone} />
      </Paper>
      <DiagnosisPanel connection={connection} diagnosis={diagnosis} />
      {isReadingAnew ? (
        <ReadAnewDialog connection={connection} onClose={() => setIsReadingAnew(false)} />
      ) : null}
      <StateSettingsSection connection={connection} readOnly={!isAdmin} />
      {isAdmin ? <WebhooksPanel connectionId={connection.id} zone={zone} /> : null}
    </>
  );
}
