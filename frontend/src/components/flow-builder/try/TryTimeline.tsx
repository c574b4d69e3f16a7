import { Button, Text } from '@mantine/core';
import { IconCheck, IconMail, IconX } from '@tabler/icons-react';
import type { TriedMessage, TriedStep, TryReply } from '#backend/schemas/flowApi.ts';
import { daysBetween, formatDateTime } from '../../../time.ts';
import { templateWords } from '../templateWords.ts';
import styles from './try.module.css';

interface TryTimelineProps {
  reply: TryReply;
  /** So many steps are shown. */
  count: number;
  onSelect: (nodeId: string) => void;
  onMessage: (message: TriedMessage) => void;
}

/** What would happen, one thing after the other, with the reasons. */
export function TryTimeline({ reply, count, onSelect, onMessage }: TryTimelineProps) {
  const start = new Date(reply.start);
  const steps = reply.steps.slice(0, count);
  const isWhole = count >= reply.steps.length;
  const last = steps.at(-1);
  const until = isWhole ? Number.POSITIVE_INFINITY : Date.parse(last?.at ?? last?.enteredAt ?? reply.start);
  const when = (iso: string) =>
    `Day ${daysBetween(reply.start, iso, reply.timeZone)} · ${formatDateTime(iso, reply.timeZone, start)}`;
  const lines = [
    ...steps.map((step, index) => ({ at: Date.parse(step.at ?? step.dueAt ?? step.enteredAt), index, step })),
    ...reply.happenings
      .filter(({ at }) => Date.parse(at) <= until)
      .map(({ at, words }, index) => ({ at: Date.parse(at), index: index - 1000, words, iso: at })),
  ].toSorted((one, other) => one.at - other.at || one.index - other.index);
  return (
    <>
      {reply.remarks.map((remark) => (
        <Text key={remark} size="sm" c="dimmed">
          {remark}
        </Text>
      ))}
      <ol className={styles.timeline} aria-label="What would happen">
        {lines.map((line) =>
          'step' in line ? (
            <li key={`step ${line.index}`} data-status={line.step.status}>
              <StepEntry step={line.step} when={when} onSelect={onSelect} onMessage={onMessage} />
            </li>
          ) : (
            <li key={`event ${line.index}`} data-status="event">
              <span className={styles.when}>{when(line.iso)}</span>
              <strong>{line.words}</strong>
            </li>
          ),
        )}
      </ol>
      {isWhole ? (
        <Text size="sm" fw={550} role="status">
          {reply.ended ?? `After ${when(reply.until)} it would still be under way.`}
        </Text>
      ) : null}
    </>
  );
}

interface StepEntryProps {
  step: TriedStep;
  when: (iso: string) => string;
  onSelect: (nodeId: string) => void;
  onMessage: (message: TriedMessage) => void;
}

function StepEntry({ step, when, onSelect, onMessage }: StepEntryProps) {
  const { message, way, notTaken, rules, error } = step;
  return (
    <>
      <span className={styles.when}>
        {step.at ? when(step.at) : step.dueAt ? `Waits until ${when(step.dueAt)}` : 'Waits'}
      </span>
      <button type="button" className={styles.title} onClick={() => onSelect(step.nodeId)}>
        {templateWords(step.title)}
        {step.visit > 1 ? ` (time ${step.visit})` : ''}
      </button>
      <span className={styles.words}>{templateWords(step.decision)}</span>
      {rules.length > 0 ? (
        <ul className={styles.rules} aria-label="What was asked">
          {rules.map(({ words, saw, holds }) => (
            <li key={words}>
              {holds ? (
                <IconCheck size={14} color="var(--chou-ok)" aria-label="True" />
              ) : (
                <IconX size={14} color="var(--chou-bad)" aria-label="Not true" />
              )}
              <span>
                {words} <em>(it is {saw})</em>
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      {way?.title ? <span className={styles.words}>Way taken: {way.title}</span> : null}
      {notTaken.length > 0 ? (
        <span className={styles.notTaken}>
          Not taken:{' '}
          {notTaken
            .map(({ title, to }) => `${title}${to ? ` (to ${templateWords(to.title)})` : ''}`)
            .join(', ')}
        </span>
      ) : null}
      {message ? (
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconMail size={14} aria-hidden />}
          style={{ alignSelf: 'start', maxWidth: '100%' }}
          onClick={() => onMessage(message)}
        >
          {message.refused ? 'Not sent: ' : ''}
          {message.subject}
        </Button>
      ) : null}
      {error ? <span className={styles.error}>{error}</span> : null}
    </>
  );
}
