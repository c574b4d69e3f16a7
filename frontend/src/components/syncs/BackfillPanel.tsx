import { Paper, Progress, Text, Title } from '@mantine/core';
import type { ConnectionSummary, ResourceSync } from '#backend/schemas/api.ts';
import { countOf, formatCount } from '../../money.ts';
import { resourceWords } from '../integrations/resourceWords.ts';
import { backfillProgress, roughTime, type Progress as Reading } from './resourceHealth.ts';

interface BackfillPanelProps {
  connection: Pick<ConnectionSummary, 'status' | 'circuit'>;
  resources: readonly ResourceSync[];
}

/** How far the first reading of a tenant has come; nothing once it is done. */
export function BackfillPanel({ connection, resources }: BackfillPanelProps) {
  const progress = backfillProgress(resources);
  if (!progress) return null;
  const { percent, recordsRead, current, left } = progress;
  const goesOn = progress.goesOn && connection.status === 'connected' && !connection.circuit;
  return (
    <Paper component="section" aria-label="History" p="lg">
      <Title order={2} size="md">
        {goesOn ? 'The tenant’s history is being read' : 'The tenant’s history is not complete'}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {goesOn
          ? 'You can leave this page. What changes is followed meanwhile; customers whose history is not complete yet get their state when everything is read. History mails nobody.'
          : 'None of it is being read at the moment: the resources below say why, and when it goes on. Customers whose history is not complete get their state when everything is read.'}
      </Text>
      <Progress value={percent} animated={goesOn} aria-label="Progress of the first reading" />
      <Text size="sm" mt="xs">
        {[`${countOf(recordsRead, 'record')} read`, ...(current ? currentWords(current) : [])].join(' · ')}
      </Text>
      {left.length > 0 ? (
        <Text size="xs" c="dimmed">
          Still to come: {left.map(resourceWords).join(', ')}
        </Text>
      ) : null}
    </Paper>
  );
}

function currentWords(current: NonNullable<Reading['current']>): string[] {
  const { resource, recordsRead, expected, perSecond, secondsLeft } = current;
  const count = formatCount(recordsRead);
  // A tenant grows while it is read.
  const total = expected === null ? '' : ` of about ${formatCount(Math.max(expected, recordsRead))}`;
  return [
    `${resourceWords(resource)}: ${count}${total}`,
    ...(perSecond === null ? [] : [`${formatCount(perSecond)} a second`]),
    ...(secondsLeft === null ? [] : [`${roughTime(secondsLeft)} left`]),
  ];
}
