import { Text } from '@mantine/core';
import { Link } from 'react-router';
import type { FlowReply } from '#backend/schemas/api.ts';
import type { FlowProblem } from '#backend/schemas/flow.ts';
import { formatCount } from '../../money.ts';
import { useSession } from '../../session.ts';
import { Time } from '../common/Time.tsx';
import styles from './FlowBuilder.module.css';
import { ProblemsList } from './ProblemsList.tsx';

interface FlowOverviewProps {
  flow: FlowReply;
  problems: readonly FlowProblem[];
  isDirty: boolean;
  titleOf: (nodeId: string) => string;
  onOpen: (problem: FlowProblem) => void;
}

/** The whole flow at a glance, while no step is selected. */
export function FlowOverview({ flow, problems, isDirty, titleOf, onOpen }: FlowOverviewProps) {
  const { timeZone } = useSession().workspace;
  const { id, description, activeRuns, sent, failedRuns } = flow.flow;
  const hasMail = sent > 0 || flow.draft.nodes.some(({ type }) => type === 'send_email');
  return (
    <>
      {description ? <Text size="sm">{description}</Text> : null}
      <dl className={styles.facts}>
        <div>
          <dt>In it now</dt>
          <dd>
            <Link to={`/flows/${id}/runs?status=active`}>{formatCount(activeRuns)}</Link>
          </dd>
        </div>
        {hasMail ? (
          <div>
            <dt>E-mails sent</dt>
            <dd>{formatCount(sent)}</dd>
          </div>
        ) : null}
        <div>
          <dt>Need attention</dt>
          <dd>
            <Link to={`/flows/${id}/runs?status=parked`}>{formatCount(failedRuns)}</Link>
          </dd>
        </div>
      </dl>
      <Text size="xs" c="dimmed" component="div">
        {flow.published ? (
          <>
            Version {flow.published.number}, published by {flow.published.author},{' '}
            <Time iso={flow.published.publishedAt} zone={timeZone} show="relative" />
          </>
        ) : (
          'Not published yet: it starts for nobody.'
        )}
      </Text>
      <ProblemsList problems={problems} isDirty={isDirty} titleOf={titleOf} onOpen={onOpen} />
    </>
  );
}
