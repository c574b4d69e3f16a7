import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { BusyButton } from './BusyButton.tsx';
import { Dialog } from './Dialog.tsx';
import { notifyDone } from './notify.tsx';

interface ConfirmDialogProps {
  title: string;
  /** What will happen. */
  children: ReactNode;
  /** The button that does it. */
  label: string;
  /** What leaves it as it is. */
  stay?: string;
  isOff?: boolean;
  isGrave?: boolean;
  /** Does it; answers what is said then. */
  act: () => Promise<ReactNode>;
  onClose: () => void;
}

/** Asks before something is done, says what that will do, and afterwards that it was done. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, label, stay = 'Back', isOff = false, isGrave = false, act, onClose } = props;
  const queryClient = useQueryClient();
  const doing = useMutation({
    mutationFn: act,
    onSuccess: async (words) => {
      notifyDone(words);
      onClose();
      await queryClient.invalidateQueries();
    },
    // What it was refused for is seen on the screen, too.
    onError: () => queryClient.invalidateQueries(),
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <Stack>
        {children}
        {doing.error ? (
          <Text size="sm" c="var(--chou-bad)" role="alert">
            {doing.error.message}
          </Text>
        ) : null}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            {stay}
          </Button>
          <BusyButton
            {...(isGrave ? { color: 'red' } : {})}
            isBusy={doing.isPending}
            isOff={isOff}
            onClick={() => doing.mutate()}
          >
            {label}
          </BusyButton>
        </Group>
      </Stack>
    </Dialog>
  );
}
