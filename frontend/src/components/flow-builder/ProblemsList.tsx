import { Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconBulb, IconCheck } from '@tabler/icons-react';
import type { FlowProblem } from '#backend/schemas/flow.ts';
import styles from './FlowBuilder.module.css';

interface ProblemsListProps {
  problems: readonly FlowProblem[];
  isDirty: boolean;
  titleOf: (nodeId: string) => string;
  /** Goes to the step, and to the field. */
  onOpen: (problem: FlowProblem) => void;
}

/** Why the saved draft cannot be published, and advice; each leads to where it is mended. */
export function ProblemsList({ problems, isDirty, titleOf, onOpen }: ProblemsListProps) {
  const errors = problems.filter(({ severity }) => severity !== 'advice');
  const advice = problems.filter(({ severity }) => severity === 'advice');
  return (
    <section className={styles.group} aria-label="Problems">
      <Title order={2} size="md">
        {errors.length === 0 ? 'Ready' : `To fix before publishing (${errors.length})`}
      </Title>
      {errors.length === 0 ? (
        <Text size="sm" c="dimmed" className={styles.line}>
          <IconCheck size={16} color="var(--chou-ok)" aria-hidden />
          <span>The saved draft has no problems. Select a step to change it.</span>
        </Text>
      ) : (
        <Problems problems={errors} titleOf={titleOf} onOpen={onOpen} />
      )}
      {advice.length > 0 ? (
        <>
          <Title order={3} size="sm">
            Advice
          </Title>
          <Problems problems={advice} titleOf={titleOf} onOpen={onOpen} />
        </>
      ) : null}
      {isDirty ? (
        <Text size="xs" c="dimmed">
          As of the last time it was saved.
        </Text>
      ) : null}
    </section>
  );
}

function Problems({ problems, titleOf, onOpen }: Pick<ProblemsListProps, 'problems' | 'titleOf' | 'onOpen'>) {
  return (
    <ul className={styles.problems}>
      {problems.map((problem) => {
        const { nodeId, field, message, severity } = problem;
        const Shape = severity === 'advice' ? IconBulb : IconAlertTriangle;
        return (
          <li key={`${nodeId} ${field} ${message}`}>
            <button type="button" data-severity={severity} onClick={() => onOpen(problem)}>
              <Shape size={15} aria-hidden />
              <span>
                {nodeId === null ? null : <strong>{titleOf(nodeId)}: </strong>}
                {message}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
