import { Text } from '@mantine/core';
import type { FlowReply } from '#backend/schemas/api.ts';
import type { FlowProblem } from '#backend/schemas/flow.ts';
import { formatCount } from '../../money.ts';
import { useSession } from '../../session.ts';
import { Time } from '../common/Time.tsx';
import styles from './FlowBuilder.module.css';
import { ProblemsList } from './ProblemsList.tsx';

interface FlowOverviewProps {
  flow: FlowReply;
  problems: FlowProblem[];
  isDirty: boolean;
  onSelect: (nodeId: string) => void;
}

/** The whole flow at a glance, while no step is selected. */
export function FlowOverview({ flow, problems, isDirty, onSelect }: FlowOverviewProps) {
  const { timeZone } = useSession().workspace;
  const { description, activeRuns, sent, failedRuns } = flow.flow;
  return (
    <aside className={styles.panel} aria-label="The flow at a glance">
      {description ? <Text size="sm">{description}</Text> : null}
      <dl className={styles.facts}>
        <div>
          <dt>In it now</dt>
          <dd>{formatCount(activeRuns)}</dd>
        </div>
        <div>
          <dt>E-mails sent</dt>
          <dd>{formatCount(sent)}</dd>
        </div>
        <div>
          <dt>Failed runs</dt>
          <dd>{formatCount(failedRuns)}</dd>
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
      <ProblemsList problems={problems} isDirty={isDirty} onSelect={onSelect} />
    </aside>
  );
}
