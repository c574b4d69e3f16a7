import { ActionIcon, Button, Drawer, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBell } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { AlertsReply } from '#backend/schemas/runApi.ts';
import { api } from '../../api.ts';
import { queries } from '../../queries.ts';
import { useCanEdit, useSession } from '../../session.ts';
import { BusyButton } from '../common/BusyButton.tsx';
import { EmptyState } from '../common/EmptyState.tsx';
import { notifyError } from '../common/notify.tsx';
import { QueryView } from '../common/QueryView.tsx';
import { RowsSkeleton } from '../common/RowsSkeleton.tsx';
import { Time } from '../common/Time.tsx';
import styles from '../runs/Runs.module.css';
import { alertsWords } from '../runs/runWords.ts';

/** How much there is to see to, from anywhere. */
export function AlertsButton() {
  const alerts = useQuery(queries.alerts());
  const [isOpen, { open, close }] = useDisclosure();
  const count = alerts.data?.alerts.length ?? 0;
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={alertsWords(count)}
        title={alertsWords(count)}
        onClick={open}
        style={{ overflow: 'visible' }}
      >
        <IconBell size={18} stroke={1.7} aria-hidden />
        {count > 0 ? (
          <span className={styles.count} aria-hidden>
            {count > 99 ? '99+' : count}
          </span>
        ) : null}
      </ActionIcon>
      <Drawer
        opened={isOpen}
        onClose={close}
        position="right"
        title="What needs attention"
        closeButtonProps={{ 'aria-label': 'Close the alerts' }}
      >
        <QueryView query={alerts} skeleton={<RowsSkeleton rows={4} height={60} />}>
          {(data) => <Alerts alerts={data.alerts} onLeave={close} />}
        </QueryView>
      </Drawer>
    </>
  );
}

function Alerts({ alerts, onLeave }: { alerts: AlertsReply['alerts']; onLeave: () => void }) {
  if (alerts.length === 0)
    return (
      <EmptyState title="Nothing needs attention">
        When a step of a flow is out of tries, its run waits, and stands here.
      </EmptyState>
    );
  return (
    <>
      <ul className={styles.alerts} aria-label="Alerts">
        {alerts.map((alert) => (
          <OneAlert key={alert.id} alert={alert} onLeave={onLeave} />
        ))}
      </ul>
      <Group mt="md">
        <Link to="/runs?status=parked" onClick={onLeave}>
          All runs that need attention
        </Link>
      </Group>
    </>
  );
}

const kindWords = {
  run_parked: 'A step is out of tries',
  run_stuck: 'Nothing would have gone on with it',
} as const satisfies Record<AlertsReply['alerts'][number]['kind'], string>;

function OneAlert({ alert, onLeave }: { alert: AlertsReply['alerts'][number]; onLeave: () => void }) {
  const { id, kind, runId, flowName, contactId, customerName, message, createdAt } = alert;
  const { timeZone } = useSession().workspace;
  const canEdit = useCanEdit();
  const queryClient = useQueryClient();
  const close = useMutation({
    mutationFn: () => api.closeAlert(id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: queries.alerts().queryKey }),
    onError: (error) => notifyError('The alert could not be closed', error),
  });
  return (
    <li>
      <strong>
        {flowName ?? 'A flow'}:{' '}
        {contactId ? (
          <Link to={`/customers/${contactId}`} onClick={onLeave}>
            {customerName}
          </Link>
        ) : (
          customerName
        )}
      </strong>
      <span className={styles.bad}>{message}</span>
      <Text size="xs" c="dimmed" component="span">
        {kindWords[kind]}, <Time iso={createdAt} zone={timeZone} />
      </Text>
      <Group gap="xs">
        {runId ? (
          <Button
            size="compact-xs"
            variant="default"
            renderRoot={(props) => (
              <Link
                to={`/runs/${runId}`}
                {...props}
                onClick={onLeave}
                aria-label={`See to it: ${customerName}`}
              />
            )}
          >
            See to it
          </Button>
        ) : null}
        {canEdit ? (
          <BusyButton
            size="compact-xs"
            variant="subtle"
            isBusy={close.isPending}
            aria-label={`Close the alert about ${customerName}`}
            onClick={() => close.mutate()}
          >
            Close
          </BusyButton>
        ) : null}
      </Group>
    </li>
  );
}
