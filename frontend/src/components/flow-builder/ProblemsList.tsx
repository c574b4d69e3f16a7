import { Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { FlowProblem } from '#backend/schemas/flow.ts';
import styles from './FlowBuilder.module.css';

interface ProblemsListProps {
  problems: FlowProblem[];
  isDirty: boolean;
  onSelect: (nodeId: string) => void;
}

/** Why the saved draft cannot be published; each leads to its step. */
export function ProblemsList({ problems, isDirty, onSelect }: ProblemsListProps) {
  return (
    <section className={styles.group} aria-label="Problems">
      <Title order={2} size="md">
        {problems.length === 0 ? 'Ready' : `To fix before publishing (${problems.length})`}
      </Title>
      {problems.length === 0 ? (
        <Text size="sm" c="dimmed" className={styles.line}>
          <IconCheck size={16} color="var(--chou-ok)" aria-hidden />
          <span>The saved draft has no problems. Select a step to change it.</span>
        </Text>
      ) : (
        <ul className={styles.problems}>
          {problems.map(({ nodeId, field, message }) => (
            <li key={`${nodeId} ${field} ${message}`}>
              {nodeId ? (
                <button type="button" onClick={() => onSelect(nodeId)}>
                  <IconAlertTriangle size={15} aria-hidden />
                  {message}
                </button>
              ) : (
                <span>
                  <IconAlertTriangle size={15} aria-hidden />
                  {message}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {isDirty ? (
        <Text size="xs" c="dimmed">
          As of the last time it was saved.
        </Text>
      ) : null}
    </section>
  );
}
