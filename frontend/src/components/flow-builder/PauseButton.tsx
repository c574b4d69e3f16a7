import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FlowSummary } from '#backend/schemas/api.ts';
import { api } from '../../api.ts';
import { notifyError } from '../common/notify.tsx';

/** Stops a live flow from starting for anybody, and lets it start again. */
export function PauseButton({ flow }: { flow: FlowSummary }) {
  const queryClient = useQueryClient();
  const next = flow.status === 'live' ? 'paused' : 'live';
  const change = useMutation({
    mutationFn: () => api.setFlowStatus(flow.id, next),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['flow', flow.id] });
      await queryClient.invalidateQueries({ queryKey: ['flows'] });
    },
    onError: (error) => notifyError(`${flow.name} could not be changed`, error),
  });
  if (flow.status !== 'live' && flow.status !== 'paused') return null;
  return (
    <Button
      variant="default"
      loading={change.isPending}
      leftSection={next === 'paused' ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
      onClick={() => change.mutate()}
    >
      {next === 'paused' ? 'Pause' : 'Resume'}
    </Button>
  );
}
