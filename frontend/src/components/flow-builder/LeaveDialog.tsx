import { Button, Group, Modal, Text } from '@mantine/core';
import { useLeaveGuard } from './useLeaveGuard.ts';

/** Stands between unsaved changes and another screen. */
export function LeaveDialog({ isDirty }: { isDirty: boolean }) {
  const { state, proceed, reset } = useLeaveGuard(isDirty);
  return (
    <Modal opened={state === 'blocked'} onClose={() => reset?.()} title="Leave without saving?">
      <Text size="sm">The changes since you last saved the draft would be lost.</Text>
      <Group justify="end" mt="lg">
        <Button variant="default" onClick={() => proceed?.()}>
          Leave
        </Button>
        <Button data-autofocus onClick={() => reset?.()}>
          Stay
        </Button>
      </Group>
    </Modal>
  );
}
