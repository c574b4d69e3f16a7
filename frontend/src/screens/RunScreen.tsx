import { Alert, Group, Paper, Skeleton, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link, useParams } from 'react-router';
import type { IntegrationsReply, RunReply } from '#backend/schemas/api.ts';
import { BackLink } from '../components/common/BackLink.tsx';
import { Page } from '../components/common/Page.tsx';
import { QueryView } from '../components/common/QueryView.tsx';
import { StatusBadge } from '../components/common/StatusBadge.tsx';
import { Time } from '../components/common/Time.tsx';
import { FlowPicture } from '../components/flow-builder/FlowPicture.tsx';
import { RunActs } from '../components/runs/RunActs.tsx';
import { runOverlay } from '../components/runs/runOverlay.ts';
import { RunSteps } from '../components/runs/RunSteps.tsx';
import { startWords } from '../components/runs/runWords.ts';
import { useStepNames } from '../components/runs/useStepNames.ts';
import { queries } from '../queries.ts';
import styles from './RunScreen.module.css';

/** Why a flow did what it did for one customer: its steps beside its way through the graph. */
export function RunScreen() {
  const { runId = '' } = useParams();
  const run = useQuery(queries.run(runId));
  const integrations = useQuery(queries.integrations());
  const summary = run.data?.run;
  return (
    <Page
      full="wide"
      title={summary ? `${summary.flowName}: ${summary.customerName}` : 'Run'}
      before={
        <BackLink to={summary ? `/flows/${summary.flowId}/runs` : '/runs'} label="All runs of the flow" />
      }
      description={summary ? <Facts run={summary} /> : 'Loading…'}
      actions={run.data ? <Actions reply={run.data} /> : null}
    >
      <QueryView query={run} skeleton={<Skeleton height="60dvh" radius="lg" />}>
        {(data) => (
          <>
            <Ending run={data.run} />
            <Columns reply={data} integrations={integrations.data?.integrations ?? noIntegrations} />
          </>
        )}
      </QueryView>
    </Page>
  );
}

const noIntegrations: IntegrationsReply['integrations'] = [];

function Facts({ run }: { run: RunReply['run'] }) {
  return (
    <>
      Version {run.versionNumber}
      {run.hasNewerVersion ? ', a newer one is published' : ''}. Started {startWords(run)},{' '}
      <Time iso={run.startedAt} zone={run.timeZone} />
      {run.endedAt ? (
        <>
          {run.status === 'parked' ? '. Waits for you since ' : '. Over '}
          <Time iso={run.endedAt} zone={run.timeZone} />
        </>
      ) : null}
    </>
  );
}

function Actions({ reply }: { reply: RunReply }) {
  const { run } = reply;
  return (
    <>
      <StatusBadge status={run.status} />
      {run.contactId ? <Link to={`/customers/${run.contactId}`}>Open the customer</Link> : null}
      <RunActs reply={reply} place="run" />
    </>
  );
}

/** Why it is parked, or ended before its end. */
function Ending({ run }: { run: RunReply['run'] }) {
  if (run.endedReason === null) return null;
  if (run.status !== 'parked') {
    return (
      <Text size="sm" c="dimmed">
        Why it ended: {run.endedReason}
      </Text>
    );
  }
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle size={18} />}
      title="This run needs attention"
      style={{ flex: 'none' }}
    >
      <Group gap="xs">
        <Text size="sm">{run.endedReason}</Text>
        <Link to={`/flows/${run.flowId}/runs?${errorQuery(run.endedReason)}`}>All with this error</Link>
      </Group>
    </Alert>
  );
}

function errorQuery(error: string): string {
  return new URLSearchParams({ status: 'parked', error }).toString();
}

interface ColumnsProps {
  reply: RunReply;
  integrations: IntegrationsReply['integrations'];
}

function Columns({ reply, integrations }: ColumnsProps) {
  const [selectedId, select] = useState<string | null>(null);
  const { run, steps, graph } = reply;
  const isOver = run.status === 'done' || run.status === 'ended';
  const { overlay, dimEdges } = useMemo(() => runOverlay(graph, { steps, isOver }), [graph, steps, isOver]);
  const names = useStepNames(graph, integrations);
  return (
    <div className={styles.columns}>
      <Paper component="section" aria-label="Steps" className={styles.steps}>
        {steps.length === 0 ? (
          <Text c="dimmed" p="lg">
            No step was taken yet.
          </Text>
        ) : (
          <RunSteps reply={reply} names={names} selectedId={selectedId} onSelect={select} />
        )}
      </Paper>
      <Paper component="section" aria-label="The way through the flow" className={styles.canvas}>
        <FlowPicture
          graph={graph}
          integrations={integrations}
          overlay={overlay}
          dimEdges={dimEdges}
          selectedId={selectedId}
          onSelect={select}
        />
      </Paper>
    </div>
  );
}
