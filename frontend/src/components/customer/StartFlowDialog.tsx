import { Select, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import type { FlowSummary, JourneyDetail } from '#backend/schemas/api.ts';
import { stateTitles } from '#backend/schemas/state.ts';
import { api } from '../../api.ts';
import { ConfirmDialog } from '../common/ConfirmDialog.tsx';

interface StartFlowDialogProps {
  flows: readonly FlowSummary[];
  journeys: readonly JourneyDetail[];
  onClose: () => void;
}

/** Starts a flow for a customer by hand, after saying what that does. */
export function StartFlowDialog({ flows, journeys, onClose }: StartFlowDialogProps) {
  const [flowId, setFlowId] = useState(flows[0]?.id ?? null);
  const [journeyId, setJourneyId] = useState(journeys[0]?.id ?? null);
  // The same for every press, so that it starts once.
  const [requestId] = useState(() => crypto.randomUUID());
  const flow = flows.find(({ id }) => id === flowId);
  const journey = journeys.find(({ id }) => id === journeyId);
  return (
    <ConfirmDialog
      title="Start a flow"
      label="Start it"
      isOff={!flow || !journey}
      act={async () => {
        const { runId } = await api.startFlow(flow?.id ?? '', { journeyId: journey?.id ?? '', requestId });
        return (
          <>
            {flow?.name} started. {runId ? <Link to={`/runs/${runId}`}>Open the run</Link> : null}
          </>
        );
      }}
      onClose={onClose}
    >
      <Select
        label="Flow"
        data={flows.map(({ id, name }) => ({ value: id, label: name }))}
        value={flowId}
        onChange={setFlowId}
        allowDeselect={false}
      />
      {journeys.length > 1 ? (
        <Select
          label="For"
          data={journeys.map(({ id, jobNumber, rootId, state }) => ({
            value: id,
            label: `${jobNumber ? `Job ${jobNumber}` : rootId} · ${stateTitles[state]}`,
          }))}
          value={journeyId}
          onChange={setJourneyId}
          allowDeselect={false}
        />
      ) : null}
      <Text size="sm">
        {flow?.description ? `${flow.description} ` : ''}It starts at once for {journey?.customerName}: its
        e-mails go out and its actions are done as if it had started by itself.
      </Text>
    </ConfirmDialog>
  );
}
