import { Alert, Button, Group } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { SaveState } from './useAutosave.ts';

interface BuilderAlertsProps {
  state: SaveState;
  error: Error | null;
  onReload: () => void;
}

/** What stands in the way of saving. */
export function BuilderAlerts({ state, error, onReload }: BuilderAlertsProps) {
  if (state === 'conflict') {
    return (
      <Alert
        color="orange"
        icon={<IconAlertTriangle size={18} />}
        title="Somebody else saved this flow"
        role="alert"
      >
        <Group justify="space-between">
          Your last changes are not saved. Reload to go on from the saved draft; what you copied before can be
          pasted there.
          <Button size="xs" variant="default" onClick={onReload}>
            Reload the draft
          </Button>
        </Group>
      </Alert>
    );
  }
  if (state !== 'refused' || !error) return null;
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle size={18} />}
      title="The draft could not be saved"
      role="alert"
    >
      {error.message}
    </Alert>
  );
}
