import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ResourceSync } from '#backend/schemas/api.ts';
import { api } from '../../api.ts';
import { queries } from '../../queries.ts';
import { notifyDone } from '../common/notify.tsx';
import { BusyButton } from '../common/BusyButton.tsx';
import { Dialog } from '../common/Dialog.tsx';
import { resourceWords } from '../integrations/resourceWords.ts';
import { scheduleWords } from './resourceHealth.ts';

const choices = [60, 120, 300, 600, 900, 1800, 3600, 6 * 3600, 86_400, 7 * 86_400];
const usual = 'usual';

interface ScheduleDialogProps {
  connectionId: string;
  resource: ResourceSync;
  onClose: () => void;
}

/** Lets an administrator say how often a resource is looked at. */
export function ScheduleDialog({ connectionId, resource, onClose }: ScheduleDialogProps) {
  const [chosen, setChosen] = useState(String(resource.pollSeconds));
  const queryClient = useQueryClient();
  const title = resourceWords(resource.resource);
  const save = useMutation({
    mutationFn: () =>
      api.scheduleResource(connectionId, resource.resource, chosen === usual ? null : Number(chosen)),
    onSuccess: async (changed) => {
      notifyDone(`${title}: ${scheduleWords(changed.pollSeconds)}.`);
      onClose();
      await queryClient.invalidateQueries({ queryKey: queries.connection(connectionId).queryKey });
    },
  });
  const seconds = [...new Set([...choices, resource.pollSeconds])].toSorted((one, other) => one - other);
  return (
    <Dialog onClose={onClose} title={`How often ${title.toLowerCase()} are looked at`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack>
          <Select
            label="Look for changes"
            description="More often means fresher states, and more calls to ServiceTitan."
            data={[
              { value: usual, label: 'The usual schedule' },
              ...seconds.map((each) => ({ value: String(each), label: scheduleWords(each) })),
            ]}
            value={chosen}
            onChange={(value) => setChosen(value ?? usual)}
            allowDeselect={false}
          />
          {save.error ? (
            <Text size="sm" c="var(--chou-bad)" role="alert">
              {save.error.message}
            </Text>
          ) : null}
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <BusyButton type="submit" isBusy={save.isPending} isOff={chosen === String(resource.pollSeconds)}>
              Save
            </BusyButton>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
