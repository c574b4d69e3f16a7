import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { WhyEntry, WhyReply, WhyStep } from '#backend/schemas/flowApi.ts';
import { queries } from '../../queries.ts';
import { Disclosure } from '../common/Disclosure.tsx';
import { placed } from '../common/placed.ts';
import { QueryView } from '../common/QueryView.tsx';
import { RowsSkeleton } from '../common/RowsSkeleton.tsx';
import { Time } from '../common/Time.tsx';
import { templateWords } from '../flow-builder/templateWords.ts';
import { RulesList } from '../runs/RulesList.tsx';
import styles from '../runs/Runs.module.css';

interface WhyAnswerProps {
  flowId: string;
  contactId: string;
  /** Only about what brought this message, where that is known. */
  messageId?: string;
}

/** Why a flow did what it did for a person: the answer, and each time that it was asked. */
export function WhyAnswer({ flowId, contactId, messageId }: WhyAnswerProps) {
  const why = useQuery(queries.why(flowId, contactId));
  return (
    <QueryView query={why} skeleton={<RowsSkeleton rows={3} height={18} />}>
      {(reply) => <Answer reply={reply} messageId={messageId} />}
    </QueryView>
  );
}

function Answer({ reply, messageId }: { reply: WhyReply; messageId: string | undefined }) {
  const about = reply.entries.find((entry) =>
    entry.run?.steps.some(({ message }) => message?.id === messageId),
  );
  if (messageId !== undefined)
    return about ? (
      <Entries entries={[about]} zone={reply.timeZone} openFor={messageId} />
    ) : (
      <Text size="sm">
        What brought this e-mail is not among the newest that is told of this customer: its run has it.
      </Text>
    );
  return (
    <Stack gap="xs">
      <Text size="sm" fw={550}>
        {reply.summary}
      </Text>
      {reply.notes
        .filter((note) => note !== reply.summary)
        .map((note) => (
          <Text key={note} size="sm" c="dimmed">
            {note}
          </Text>
        ))}
      <Entries entries={reply.entries} zone={reply.timeZone} />
    </Stack>
  );
}

interface EntriesProps {
  entries: readonly WhyEntry[];
  zone: string;
  /** Only the way to this message is shown, and at once. */
  openFor?: string;
}

function Entries({ entries, zone, openFor }: EntriesProps) {
  if (entries.length === 0) return null;
  return (
    <ol className={styles.entries} aria-label="Each time that it was asked">
      {placed(entries).map(({ key, thing: entry }) => (
        <li key={key} data-started={entry.started}>
          <span className={styles.soft}>
            {entry.occasion}, <Time iso={entry.at} zone={zone} />
          </span>
          <span>{entry.because}</span>
          {entry.runId ? <Link to={`/runs/${entry.runId}`}>Open the run</Link> : null}
          {entry.run && openFor === undefined ? (
            <Disclosure label="What became of each step">
              {() => <Steps steps={entry.run?.steps ?? []} zone={zone} />}
            </Disclosure>
          ) : null}
          {entry.run && openFor !== undefined ? (
            <Steps steps={upTo(entry.run.steps, openFor)} zone={zone} />
          ) : null}
        </li>
      ))}
    </ol>
  );
}

/** The steps that led to a message, it included. */
function upTo(steps: readonly WhyStep[], messageId: string): WhyStep[] {
  return steps.slice(0, steps.findIndex(({ message }) => message?.id === messageId) + 1);
}

function Steps({ steps, zone }: { steps: readonly WhyStep[]; zone: string }): ReactNode {
  return (
    <ol className={styles.plain} aria-label="Steps">
      {placed(steps).map(({ key, thing: { title, words, at, rules, message } }) => (
        <li key={key}>
          <strong>{templateWords(title)}</strong>
          {at === null ? null : (
            <span className={styles.soft}>
              {' '}
              <Time iso={at} zone={zone} show="absolute" />
            </span>
          )}
          <div>{message ? message.because : words}</div>
          <RulesList rules={rules} />
        </li>
      ))}
    </ol>
  );
}
