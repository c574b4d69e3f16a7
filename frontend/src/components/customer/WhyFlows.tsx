import { IconCheck, IconMinus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { FlowExplanation } from '#backend/schemas/explain.ts';
import { queries } from '../../queries.ts';
import { Disclosure } from '../common/Disclosure.tsx';
import { QueryView } from '../common/QueryView.tsx';
import { RowsSkeleton } from '../common/RowsSkeleton.tsx';
import styles from './Why.module.css';

interface WhyFlowsProps {
  contactId: string;
  transitionId: number;
}

/** Why entering a state did or did not start each of its flows. */
export function WhyFlows(props: WhyFlowsProps) {
  return <Disclosure label="Why did a flow start, or not?">{() => <Explained {...props} />}</Disclosure>;
}

function Explained({ contactId, transitionId }: WhyFlowsProps) {
  const explanation = useQuery(queries.explain(contactId));
  return (
    <QueryView query={explanation} skeleton={<RowsSkeleton rows={2} height={18} />}>
      {({ journeys }) => {
        const transition = journeys
          .flatMap(({ transitions }) => transitions)
          .find((one) => one.transitionId === transitionId);
        if (!transition) return <p>This is too long ago to be explained.</p>;
        return (
          <>
            <p className={styles.summary}>{transition.summary}</p>
            <ul className={styles.flows}>
              {transition.flows.map((flow) => (
                <Flow key={flow.flowId} flow={flow} />
              ))}
            </ul>
          </>
        );
      }}
    </QueryView>
  );
}

function Flow({ flow }: { flow: FlowExplanation }) {
  const { flowName, started, because, runId } = flow;
  return (
    <li data-started={started}>
      {started ? <IconCheck size={14} aria-hidden /> : <IconMinus size={14} aria-hidden />}
      <span>
        {runId ? <Link to={`/runs/${runId}`}>{flowName}</Link> : <strong>{flowName}</strong>}: {because}
      </span>
    </li>
  );
}
