import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment, type ReactNode } from 'react';
import type { JourneyExplanation, RecordLineage } from '#backend/schemas/explain.ts';
import { stateTitles } from '#backend/schemas/state.ts';
import { queries } from '../../queries.ts';
import { Disclosure } from '../common/Disclosure.tsx';
import { QueryView } from '../common/QueryView.tsx';
import { RowsSkeleton } from '../common/RowsSkeleton.tsx';
import { Time } from '../common/Time.tsx';
import { pathWords } from '../integrations/pathWords.ts';
import styles from './Why.module.css';

interface WhyStateProps {
  contactId: string;
  journeyId: string;
  zone: string;
}

/** Why a journey is in its state: the rule, the records, and when the clock will have its say. */
export function WhyState(props: WhyStateProps) {
  return <Disclosure label="Why this state?">{() => <Explained {...props} />}</Disclosure>;
}

function Explained({ contactId, journeyId, zone }: WhyStateProps) {
  const explanation = useQuery(queries.explain(contactId));
  return (
    <QueryView query={explanation} skeleton={<RowsSkeleton rows={4} height={18} />}>
      {({ journeys }) => {
        const journey = journeys.find((one) => one.journeyId === journeyId);
        return journey ? <Facts journey={journey} zone={zone} /> : <p>This journey is not there any more.</p>;
      }}
    </QueryView>
  );
}

function Facts({ journey, zone }: { journey: JourneyExplanation; zone: string }) {
  const facts = factsOf(journey, zone);
  return (
    <>
      <dl className={styles.facts}>
        {facts.map(([name, fact]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{fact}</dd>
          </Fragment>
        ))}
      </dl>
      {journey.records.length > 0 ? <Records records={journey.records} /> : null}
    </>
  );
}

function factsOf(journey: JourneyExplanation, zone: string): [string, ReactNode][] {
  const { rule, entering, recorded, override, supersededBy, nextReset } = journey;
  const facts: [string, ReactNode][] = [];
  if (rule) facts.push(['Rule', rule.sentence]);
  if (entering) {
    facts.push(['Comes from', <Entering key="entering" entering={entering} zone={zone} />]);
    if (entering.lineage)
      facts.push(['Read', <Lineage key="lineage" lineage={entering.lineage} zone={zone} />]);
  }
  if (override) {
    facts.push([
      'Set by',
      <Fragment key="override">
        {override.setBy}, <Time iso={override.setOn} zone={zone} />, to “{stateTitles[override.state]}”:{' '}
        {override.reason}
      </Fragment>,
    ]);
  }
  if (supersededBy) facts.push(['Gave way to', supersededBy.label]);
  facts.push(['Since', <Time key="since" iso={journey.since} zone={zone} />]);
  if (recorded) {
    facts.push([
      'Noticed',
      <Fragment key="noticed">
        <Time iso={recorded.at} zone={zone} />, {recorded.words}
      </Fragment>,
    ]);
  }
  if (nextReset) {
    facts.push([
      'Ends by itself',
      <Fragment key="reset">
        <Time iso={nextReset.at} zone={zone} />: {nextReset.because}
      </Fragment>,
    ]);
  }
  return facts;
}

function Entering({
  entering,
  zone,
}: {
  entering: NonNullable<JourneyExplanation['entering']>;
  zone: string;
}) {
  const { label, happenedOn, modifiedOn } = entering;
  return (
    <>
      {label.charAt(0).toUpperCase() + label.slice(1)}
      {happenedOn ? (
        <>
          , happened <Time iso={happenedOn} zone={zone} show="absolute" />
        </>
      ) : null}
      {modifiedOn && modifiedOn !== happenedOn ? (
        <>
          , last changed <Time iso={modifiedOn} zone={zone} show="absolute" />
        </>
      ) : null}
    </>
  );
}

/** Which read brought the version of the record that is mirrored. */
function Lineage({ lineage, zone }: { lineage: RecordLineage; zone: string }) {
  const { readAt, firstReadAt, page, path } = lineage;
  return (
    <span className={styles.lineage}>
      <Time iso={readAt} zone={zone} show="absolute" />
      {page === null ? '' : `, page ${page} of a sync`}
      {path === null ? '' : ` (${pathWords[path]})`}
      {firstReadAt === readAt ? null : (
        <>
          ; first read <Time iso={firstReadAt} zone={zone} show="absolute" />
        </>
      )}
    </span>
  );
}

function Records({ records }: { records: JourneyExplanation['records'] }) {
  return (
    <>
      <Text size="xs" c="dimmed" fw={550} mt="sm">
        What it is made of
      </Text>
      <ul className={styles.records}>
        {records.map(({ resource, recordId, label, says }) => (
          <li key={`${resource} ${recordId}`}>
            {label}: <span>{says}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
