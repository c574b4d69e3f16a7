import { Button, Group, Paper, Select, Stack, Text } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JourneyDetail } from '#backend/schemas/api.ts';
import { queries } from '../../queries.ts';
import { useCanEdit } from '../../session.ts';
import { useUrlFilter } from '../common/useUrlFilter.ts';
import { WhyAnswer } from '../why/WhyAnswer.tsx';
import { CurrentRuns } from './CurrentRuns.tsx';
import { StartFlowDialog } from './StartFlowDialog.tsx';

interface CustomerFlowsProps {
  contactId: string;
  journeys: readonly JourneyDetail[];
}

/** The flows that the customer is in, those that can be started for them, and why one did or did not start. */
export function CustomerFlows({ contactId, journeys }: CustomerFlowsProps) {
  const flows = useQuery(queries.flows());
  const [why, setWhy] = useUrlFilter('why');
  const [isStarting, setStarting] = useState(false);
  const canEdit = useCanEdit();
  const all = flows.data?.flows ?? [];
  const startable = all.filter(({ status, triggerKind }) => status === 'live' && triggerKind === 'manual');
  return (
    <Paper p="lg" component="section" aria-label="Flows">
      <Group justify="space-between" mb="sm">
        <Text size="xs" c="dimmed" fw={550} component="h2" m={0}>
          Flows
        </Text>
        {canEdit && startable.length > 0 && journeys.length > 0 ? (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlayerPlay size={14} aria-hidden />}
            onClick={() => setStarting(true)}
          >
            Start a flow
          </Button>
        ) : null}
      </Group>
      <Stack gap="md">
        <CurrentRuns contactId={contactId} />
        <Select
          label="Why did this customer get a flow, or not?"
          placeholder="Choose a flow"
          size="xs"
          data={all.map(({ id, name }) => ({ value: id, label: name }))}
          value={why === '' ? null : why}
          onChange={setWhy}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': 'Choose no flow' }}
        />
        {why === '' ? null : <WhyAnswer flowId={why} contactId={contactId} />}
      </Stack>
      {isStarting ? (
        <StartFlowDialog flows={startable} journeys={journeys} onClose={() => setStarting(false)} />
      ) : null}
    </Paper>
  );
}
