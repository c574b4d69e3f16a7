import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api.ts';
import { useNow, useSession } from '../../session.ts';
import { formatDateTime } from '../../time.ts';
import { notifyDone, notifyError } from '../common/notify.tsx';

const steps = [
  { advance: 'PT1H', label: '+1 hour' },
  { advance: 'P1D', label: '+1 day' },
  { advance: 'P7D', label: '+7 days' },
  { advance: 'P90D', label: '+90 days' },
] as const;

/** Moves the clock; what fell due in between is done. */
export function ClockPanel() {
  const now = useNow();
  const { timeZone } = useSession().workspace;
  const queryClient = useQueryClient();
  const move = useMutation({
    mutationFn: api.moveClock,
    onSuccess: async (reply) => {
      notifyDone(`It is now ${formatDateTime(reply.now, timeZone, new Date(reply.now))}.`);
      await queryClient.invalidateQueries();
    },
    onError: (error) => notifyError('The clock could not be moved', error),
  });
  return (
    <Paper p="lg" component="section" aria-label="Clock">
      <Stack gap="sm">
        <Title order={2} size="md">
          Clock
        </Title>
        <Text size="sm">
          It is <strong>{formatDateTime(now.toISOString(), timeZone, now)}</strong>{' '}
          <Text span c="dimmed">
            {timeZone}
          </Text>
        </Text>
        <Group gap="sm">
          {steps.map(({ advance, label }) => (
            <Button
              key={advance}
              variant="default"
              loading={move.isPending && move.variables === advance}
              disabled={move.isPending && move.variables !== advance}
              onClick={() => move.mutate(advance)}
            >
              {label}
            </Button>
          ))}
        </Group>
        <Text size="sm" c="dimmed">
          Time only goes forward. E-mails and waits that fall due on the way are done at once.
        </Text>
      </Stack>
    </Paper>
  );
}
