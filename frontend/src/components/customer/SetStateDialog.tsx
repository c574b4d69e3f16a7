import { Button, Group, Select, Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { JourneyDetail } from '#backend/schemas/api.ts';
import { stateNumber, stateNumbers, stateTitles, type StateNumber } from '#backend/schemas/state.ts';
import { api, ApiError } from '../../api.ts';
import { Dialog } from '../common/Dialog.tsx';
import { notifyDone } from '../common/notify.tsx';

interface SetStateDialogProps {
  contactId: string;
  journey: JourneyDetail;
  onClose: () => void;
}

const options = stateNumbers.map((state) => ({ value: String(state), label: stateTitles[state] }));

/** Sets a journey's state by hand, after saying what that does. */
export function SetStateDialog({ contactId, journey, onClose }: SetStateDialogProps) {
  const [state, setState] = useState<StateNumber>(journey.state);
  const [reason, setReason] = useState('');
  const queryClient = useQueryClient();
  const save = useMutation({
    mutationFn: () => api.setState(contactId, { journeyId: journey.id, state, reason: reason.trim() }),
    onSuccess: async () => {
      notifyDone(`${journey.customerName}: ${stateTitles[state]}`);
      onClose();
      await queryClient.invalidateQueries();
    },
  });
  const issues = save.error instanceof ApiError ? save.error.issues : [];
  const reasonIssue = issues.find(({ field }) => field === 'reason')?.message;

  return (
    <Dialog onClose={onClose} title="Set the state">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack>
          <Select
            label="State"
            data={options}
            value={String(state)}
            onChange={(value) => {
              const parsed = stateNumber.safeParse(Number(value));
              if (parsed.success) setState(parsed.data);
            }}
            allowDeselect={false}
          />
          <Textarea
            label="Reason"
            description="Stands in the timeline."
            required
            withAsterisk={false}
            autosize
            minRows={2}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={reasonIssue}
          />
          <Text size="sm" c="dimmed">
            Runs that belong to the state now end before their next step, and the flows of the new state
            start. It holds until something new happens in ServiceTitan.
          </Text>
          {save.error && !reasonIssue ? (
            <Text size="sm" c="var(--chou-bad)" role="alert">
              {save.error.message}
            </Text>
          ) : null}
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={save.isPending}
              disabled={state === journey.state || reason.trim() === ''}
            >
              Set state
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
