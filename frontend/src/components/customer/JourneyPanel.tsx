import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { IconCalendarEvent, IconClock, IconHandStop } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { JourneyDetail } from '#backend/schemas/api.ts';
import { formatMoney } from '../../money.ts';
import { useCanEdit } from '../../session.ts';
import { StateBadge } from '../common/StateBadge.tsx';
import { Time } from '../common/Time.tsx';
import { templateWords } from '../flow-builder/templateWords.ts';
import styles from './JourneyPanel.module.css';
import { WhyState } from './WhyState.tsx';

const rootWords = { job: 'Job', estimate: 'Estimate', lead: 'Lead', booking: 'Booking' } as const;

/** One journey: its state, why, what would change it, and what comes next by itself. */
export function JourneyPanel({ journey, onSetState }: { journey: JourneyDetail; onSetState: () => void }) {
  const { timeZone, appointmentStart } = journey;
  const canEdit = useCanEdit();
  return (
    <Paper p="lg" component="article" aria-label={`Journey ${titleOf(journey)}`}>
      <Group justify="space-between" wrap="nowrap" mb="sm">
        <Text size="xs" c="dimmed" fw={550} component="h2" m={0}>
          {titleOf(journey)}
        </Text>
        <Text size="xs" c="dimmed">
          {journey.connectionName}
        </Text>
      </Group>
      <div className={styles.state}>
        <StateBadge state={journey.state} />
        {journey.overridden ? (
          <span className={styles.override}>
            <IconHandStop size={14} aria-hidden /> Override
          </span>
        ) : null}
      </div>
      <Stack gap="sm" mt="sm">
        <Text size="sm">{journey.explanation}</Text>
        <Text size="sm" c="dimmed">
          {journey.wouldChange}
        </Text>
        {journey.contactId ? (
          <WhyState contactId={journey.contactId} journeyId={journey.id} zone={timeZone} />
        ) : null}
        {appointmentStart ? (
          <div className={styles.line}>
            <IconCalendarEvent size={16} aria-label="Appointment" />
            <Time iso={appointmentStart} zone={timeZone} />
          </div>
        ) : null}
        <Totals open={journey.openTotal} sold={journey.soldTotal} />
        <Upcoming journey={journey} />
        {canEdit ? (
          <Button variant="default" size="xs" onClick={onSetState} style={{ alignSelf: 'start' }}>
            Set state
          </Button>
        ) : null}
      </Stack>
    </Paper>
  );
}

function titleOf({ rootType, rootId, jobNumber }: JourneyDetail): string {
  return jobNumber ? `Job ${jobNumber}` : `${rootWords[rootType]} ${rootId}`;
}

function Totals({ open, sold }: { open: number; sold: number }) {
  if (open === 0 && sold === 0) return null;
  return (
    <Text size="sm">
      {open > 0 ? `${formatMoney(open)} open` : ''}
      {open > 0 && sold > 0 ? ' · ' : ''}
      {sold > 0 ? `${formatMoney(sold)} sold` : ''}
    </Text>
  );
}

function Upcoming({ journey }: { journey: JourneyDetail }) {
  if (journey.upcoming.length === 0) return null;
  return (
    <div>
      <Text size="xs" c="dimmed" fw={550} component="h3">
        What happens next
      </Text>
      <ul className={styles.upcoming}>
        {journey.upcoming.map((step) => (
          <li key={`${step.runId} ${step.nodeTitle}`} className={styles.line}>
            <IconClock size={16} aria-hidden />
            <span>
              <Link to={`/runs/${step.runId}`}>{templateWords(step.nodeTitle)}</Link>{' '}
              <span className={styles.soft}>{step.flowName}</span>
              <br />
              {step.dueAt ? (
                <Time iso={step.dueAt} zone={journey.timeZone} />
              ) : (
                <span className={styles.soft}>soon</span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
