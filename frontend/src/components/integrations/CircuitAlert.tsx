import { Alert } from '@mantine/core';
import { IconPlayerPause } from '@tabler/icons-react';
import type { ConnectionSummary } from '#backend/schemas/api.ts';
import { formatTime } from '../../time.ts';

interface CircuitAlertProps {
  connection: Pick<ConnectionSummary, 'timeZone'>;
  circuit: NonNullable<ConnectionSummary['circuit']>;
}

/** Says that calls to a tenant are paused, until when, and why. */
export function CircuitAlert({ connection, circuit }: CircuitAlertProps) {
  const { nextTryAt, failures, reason } = circuit;
  return (
    <Alert role="alert" color="orange" icon={<IconPlayerPause size={18} />} title="Calls are paused">
      {nextTryAt === null
        ? 'One call is trying whether ServiceTitan answers again: '
        : `Paused until ${formatTime(nextTryAt, connection.timeZone)}: `}
      ServiceTitan failed {failures} times in a row. {reason}
    </Alert>
  );
}
