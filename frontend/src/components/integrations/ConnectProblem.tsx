import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';

/** Why connecting did not work, where no single field is to blame. */
export function ConnectProblem({ error }: { error: Error | null }) {
  if (!error) return null;
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle size={18} />}
      title="ServiceTitan could not be connected"
      role="alert"
    >
      {error.message}
    </Alert>
  );
}
