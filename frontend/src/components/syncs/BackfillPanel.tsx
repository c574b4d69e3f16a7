import { Paper, Progress, Text, Title } from '@mantine/core';
import type { ResourceSync } from '#backend/schemas/api.ts';
import { formatCount } from '../../money.ts';
import { resourceWords } from '../integrations/resourceWords.ts';
import { backfillProgress, roughTime } from './resourceHealth.ts';

/** How far the first reading of a tenant has come; nothing once it is done. */
export function BackfillPanel({ resources }: { resources: readonly ResourceSync[] }) {
  const progress = backfillProgress(resources);
  if (!progress) return null;
  const { percent, recordsRead, expected, perSecond, secondsLeft } = progress;
  const facts = [
    expected === null
      ? `${formatCount(recordsRead)} records read`
      : `${formatCount(recordsRead)} of about ${formatCount(expected)} records read`,
    perSecond === null ? null : `${formatCount(Math.round(perSecond))} a second`,
    secondsLeft === null ? null : `${roughTime(secondsLeft)} left`,
  ].filter((fact) => fact !== null);
  return (
    <Paper component="section" aria-label="History" p="lg">
      <Title order={2} size="md">
        The tenant’s history is being read
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        You can leave this page. What changes is followed meanwhile; customers whose history is not complete
        yet get their state when everything is read. History mails nobody.
      </Text>
      <Progress
        value={percent ?? 100}
        animated={percent === null}
        aria-label="Progress of the first reading"
      />
      <Text size="sm" mt="xs">
        {facts.join(' · ')}
      </Text>
      <Text size="xs" c="dimmed">
        Still to come: {progress.resources.map(resourceWords).join(', ')}
      </Text>
    </Paper>
  );
}
