import { Alert, Group, Paper, Text, Title } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCheck,
  IconInfoCircle,
  IconStethoscope,
  type Icon,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ConnectionReply } from '#backend/schemas/api.ts';
import { api } from '../../api.ts';
import { queries } from '../../queries.ts';
import { useSession } from '../../session.ts';
import { BusyButton } from '../common/BusyButton.tsx';
import { Time } from '../common/Time.tsx';
import styles from './Diagnosis.module.css';
import { PermissionsTable } from './PermissionsTable.tsx';

type Diagnosis = NonNullable<ConnectionReply['diagnosis']>;

interface DiagnosisPanelProps {
  connection: ConnectionReply['connection'];
  /** What the last check found. */
  diagnosis: Diagnosis | null;
}

/** Checks a connection on demand and says what is the matter with it, and what to do. */
export function DiagnosisPanel({ connection, diagnosis }: DiagnosisPanelProps) {
  const { role } = useSession();
  const queryClient = useQueryClient();
  const { queryKey } = queries.connection(connection.id);
  const check = useMutation({
    mutationFn: () => api.diagnose(connection.id),
    onSuccess: (reply) =>
      queryClient.setQueryData(queryKey, (known) => known && { ...known, diagnosis: reply.diagnosis }),
  });
  const mayCheck = role === 'owner' || role === 'admin';
  return (
    <Paper component="section" aria-label="Connection check" aria-busy={check.isPending}>
      <Group p="lg" pb="sm" justify="space-between">
        <Title order={2} size="md">
          Connection check
        </Title>
        {mayCheck ? (
          <BusyButton
            variant="default"
            leftSection={<IconStethoscope size={16} />}
            isBusy={check.isPending}
            onClick={() => check.mutate()}
          >
            Check connection
          </BusyButton>
        ) : null}
      </Group>
      <div className={styles.body}>
        <Text size="sm" c="dimmed" role="status">
          {check.isPending ? 'Checking with ServiceTitan. This takes half a minute at most.' : null}
        </Text>
        {check.error ? (
          <Alert role="alert" color="red" icon={<IconAlertTriangle size={18} />} title="The check failed">
            {check.error.message}
          </Alert>
        ) : null}
        {diagnosis ? (
          <Findings diagnosis={diagnosis} zone={connection.timeZone} />
        ) : (
          <Text size="sm" c="dimmed">
            {mayCheck ? 'Not checked yet.' : 'Not checked yet. An administrator can check it.'}
          </Text>
        )}
      </div>
    </Paper>
  );
}

const looks = {
  fine: { color: 'green', icon: IconCheck },
  partial: { color: 'orange', icon: IconInfoCircle },
  broken: { color: 'red', icon: IconAlertTriangle },
} as const satisfies Record<string, { color: string; icon: Icon }>;

function lookOf(verdict: Diagnosis['verdict']) {
  if (verdict === 'working') return looks.fine;
  return verdict === 'limited' || verdict === 'clock_skew' ? looks.partial : looks.broken;
}

function Findings({ diagnosis, zone }: { diagnosis: Diagnosis; zone: string }) {
  const { verdict, headline, remedy, details, scopes, checkedAt, requestIds } = diagnosis;
  const { color, icon: Shape } = lookOf(verdict);
  return (
    <>
      <Alert color={color} icon={<Shape size={18} />} title={headline} className={styles.wrap}>
        {verdict === 'working' ? null : <strong>{remedy}</strong>}
        {details.length > 0 ? (
          <ul className={styles.details}>
            {details.map((detail) => (
              <li key={detail}>{detail}</li>
            ))}
          </ul>
        ) : null}
        {requestIds.length > 0 ? (
          <div className={styles.ids}>ServiceTitan’s request ids: {requestIds.join(', ')}</div>
        ) : null}
      </Alert>
      <Text size="xs" c="dimmed" component="div">
        Checked <Time iso={checkedAt} zone={zone} show="absolute" />
      </Text>
      {scopes.some(({ read }) => read !== 'unknown') ? <PermissionsTable scopes={scopes} /> : null}
    </>
  );
}
