import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ConnectionSummary } from '#backend/schemas/api.ts';
import { api } from '../../api.ts';
import { queries } from '../../queries.ts';
import { useNow } from '../../session.ts';
import { BusyButton } from '../common/BusyButton.tsx';
import { Dialog } from '../common/Dialog.tsx';
import { notifyDone } from '../common/notify.tsx';
import { HistoryFields } from './HistoryFields.tsx';
import { historyStart, type HistoryChoice } from './historyStart.ts';

interface ReadAnewDialogProps {
  connection: ConnectionSummary;
  onClose: () => void;
}

/** Has a whole tenant read again, after saying what that touches. */
export function ReadAnewDialog({ connection, onClose }: ReadAnewDialogProps) {
  const [choice, setChoice] = useState<HistoryChoice>('all');
  const now = useNow();
  const queryClient = useQueryClient();
  const tenant = { connectionId: connection.id };
  const from = historyStart(choice, now);
  // Nobody has it read again before it is said how much that is, or that this cannot be said.
  const volume = useQuery(queries.volume({ tenant, from }));
  const start = useMutation({
    mutationFn: () => api.readAnew(connection.id, from),
    onSuccess: async () => {
      notifyDone(`All of ${connection.name} is read again.`);
      onClose();
      await queryClient.invalidateQueries({ queryKey: queries.connection(connection.id).queryKey });
    },
  });
  return (
    <Dialog onClose={onClose} size="lg" title={`Read all of ${connection.name} again`}>
      <Stack>
        <Text size="sm">
          Use it when something seems to be missing. Nothing is deleted, no flow starts twice, and what
          changes is followed meanwhile.
        </Text>
        <HistoryFields tenant={tenant} choice={choice} onChoose={setChoice} />
        {start.error ? (
          <Text size="sm" c="var(--chou-bad)" role="alert">
            {start.error.message}
          </Text>
        ) : null}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <BusyButton isBusy={start.isPending} isOff={volume.isPending} onClick={() => start.mutate()}>
            Read again
          </BusyButton>
        </Group>
      </Stack>
    </Dialog>
  );
}
