import { Button, CloseButton, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { countOf } from '../../money.ts';
import { EmptyState } from '../common/EmptyState.tsx';
import { subjectName, type Subject } from './settingWords.ts';
import styles from './StateSettings.module.css';

interface SubjectListProps {
  /** "job types": what the rows are. */
  words: string;
  /** What is counted beside a name: "job". */
  counted: string;
  subjects: Subject[];
  isChanged: (subject: Subject) => boolean;
  /** What can be chosen for a row. */
  control: (subject: Subject) => ReactNode;
}

/** A tenant may have hundreds: what is used most comes first, and the search finds the rest. */
const shownFirst = 30;

/** Job types, units, tags or reasons, each with what it means; searched by name. */
export function SubjectList({ words, counted, subjects, isChanged, control }: SubjectListProps) {
  const [search, setSearch] = useState('');
  const [showsAll, setShowsAll] = useState(false);
  const wanted = search.trim().toLowerCase();
  const found = subjects.filter((each) => subjectName(each).toLowerCase().includes(wanted));
  const shown = showsAll ? found : found.slice(0, shownFirst);
  if (subjects.length === 0) {
    return (
      <EmptyState title={`No ${words} yet`}>
        They come with the first sync. If they do not, the app lacks the permission: check the connection.
      </EmptyState>
    );
  }
  return (
    <>
      <div className={styles.tools}>
        <TextInput
          type="search"
          size="xs"
          aria-label={`Search ${words}`}
          placeholder={`Search ${words}`}
          leftSection={<IconSearch size={14} aria-hidden />}
          rightSection={
            search ? (
              <CloseButton size="sm" aria-label="Clear the search" onClick={() => setSearch('')} />
            ) : null
          }
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          w={{ base: '100%', xs: 240 }}
        />
        <Text size="xs" c="dimmed" role="status">
          {found.length === subjects.length
            ? countOf(subjects.length, words.slice(0, -1), words)
            : `${countOf(found.length, 'match', 'matches')} of ${subjects.length}`}
        </Text>
      </div>
      <ul className={styles.rows} aria-label={words}>
        {shown.map((subject) => (
          <li key={subject.id} data-changed={isChanged(subject) || undefined}>
            <span className={styles.name}>
              {subjectName(subject)}{' '}
              <Text span size="xs" c="dimmed">
                {countOf(subject.jobs, counted)}
                {subject.openJobs > 0 ? `, ${subject.openJobs} open` : ''}
                {subject.active ? '' : ' · not in use any more'}
              </Text>
            </span>
            {control(subject)}
          </li>
        ))}
      </ul>
      {found.length > shown.length ? (
        <div className={styles.foot}>
          <Button variant="subtle" size="xs" onClick={() => setShowsAll(true)}>
            Show all {found.length}
          </Button>
        </div>
      ) : null}
    </>
  );
}
