import { Button, Group, Modal, Text } from '@mantine/core';
import { useLeaveGuard } from './useLeaveGuard.ts';

interface LeaveDialogProps {
  isDirty: boolean;
  flush: () => Promise<unknown>;
}

/** Stands between changes that could not be saved and another screen. */
export function LeaveDialog(props: LeaveDialogProps) {
  const { isAsking, leave, stay } = useLeaveGuard(props);
  return (
    <Modal opened={isAsking} onClose={stay} title="Leave without saving?">
      <Text size="sm">The draft could not be saved. The changes since it was last saved would be lost.</Text>
      <Group justify="end" mt="lg">
        <Button variant="default" onClick={leave}>
          Leave
        </Button>
        <Button data-autofocus onClick={stay}>
          Stay
        </Button>
      </Group>
    </Modal>
  );
}
