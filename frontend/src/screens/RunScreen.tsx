import { Paper, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { applyNodeChanges, ReactFlowProvider, type NodeChange } from 'reactflow';
import type { IntegrationsReply, RunReply } from '#backend/schemas/api.ts';
import { BackLink } from '../components/common/BackLink.tsx';
import { Page } from '../components/common/Page.tsx';
import { QueryView } from '../components/common/QueryView.tsx';
import { StatusBadge } from '../components/common/StatusBadge.tsx';
import { Time } from '../components/common/Time.tsx';
import { BuilderContext, type Builder } from '../components/flow-builder/BuilderContext.ts';
import { toCanvas, type BuilderNode } from '../components/flow-builder/builderGraph.ts';
import { FlowCanvas } from '../components/flow-builder/FlowCanvas.tsx';
import { RunSteps } from '../components/flows/RunSteps.tsx';
import { queries } from '../queries.ts';
import { useSession } from '../session.ts';
import styles from './RunScreen.module.css';

/** Why a flow did what it did for one customer: its steps beside the graph. */
export function RunScreen() {
  const { runId = '' } = useParams();
  const run = useQuery(queries.run(runId));
  const integrations = useQuery(queries.integrations());
  const { timeZone } = useSession().workspace;
  const summary = run.data?.run;
  return (
    <Page
      full
      title={summary ? `${summary.flowName}: ${summary.customerName}` : 'Run'}
      before={
        <BackLink to={summary ? `/flows/${summary.flowId}/runs` : '/flows'} label="All runs of the flow" />
      }
      description={
        summary ? (
          <>
            Version {summary.versionNumber}, started <Time iso={summary.startedAt} zone={timeZone} />
            {summary.endedReason ? ` · ${summary.endedReason}` : ''}
          </>
        ) : (
          'Loading…'
        )
      }
      actions={
        summary ? (
          <>
            <StatusBadge status={summary.status} />
            {summary.contactId ? <Link to={`/customers/${summary.contactId}`}>Open the customer</Link> : null}
          </>
        ) : null
      }
    >
      <QueryView query={run} skeleton={<Skeleton height="60dvh" radius="lg" />}>
        {(data) => (
          <Columns run={data} integrations={integrations.data?.integrations ?? []} zone={timeZone} />
        )}
      </QueryView>
    </Page>
  );
}

interface ColumnsProps {
  run: RunReply;
  integrations: IntegrationsReply['integrations'];
  zone: string;
}

function Columns({ run, integrations, zone }: ColumnsProps) {
  // The canvas keeps the nodes' measured sizes in them, so they are state although nobody edits them.
  const [graph, setGraph] = useState(() => toCanvas(run.graph));
  const changeNodes = (changes: NodeChange<BuilderNode>[]) =>
    setGraph((before) => ({ ...before, nodes: applyNodeChanges(changes, before.nodes) }));
  const selectedId = graph.nodes.find(({ selected }) => selected)?.id ?? null;
  const select = (nodeId: string) =>
    changeNodes(graph.nodes.map(({ id }) => ({ type: 'select', id, selected: id === nodeId })));
  const builder: Builder = {
    integrations,
    paletteItems: [],
    problems: new Map(),
    waiting: {},
    steps: new Map(run.steps.map(({ nodeId, status }) => [nodeId, status])),
    isFree: () => false,
  };
  return (
    <div className={styles.columns}>
      <Paper component="section" aria-label="Steps" className={styles.steps}>
        {run.steps.length === 0 ? (
          <Text c="dimmed" p="lg">
            No step was taken yet.
          </Text>
        ) : (
          <RunSteps steps={run.steps} zone={zone} selectedId={selectedId} onSelect={select} />
        )}
      </Paper>
      <Paper className={styles.canvas}>
        <BuilderContext value={builder}>
          <ReactFlowProvider>
            <FlowCanvas graph={graph} onNodesChange={changeNodes} />
          </ReactFlowProvider>
        </BuilderContext>
      </Paper>
    </div>
  );
}
