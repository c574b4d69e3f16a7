import { Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import type { StateSettingsReply } from '#backend/schemas/stateSettings.ts';
import type { SettingsDraft } from '../../api.ts';
import { countOf } from '../../money.ts';
import { Time } from '../common/Time.tsx';
import { KindChoice } from './KindChoice.tsx';
import { chooseKind, draftedKind } from './settingsDraft.ts';
import styles from './StateSettings.module.css';

interface ReviewListProps {
  review: StateSettingsReply['review'];
  settings: StateSettingsReply['settings'];
  draft: SettingsDraft;
  zone: string;
  readOnly: boolean;
  onChange: (draft: SettingsDraft) => void;
}

/** The types of jobs that nothing says the meaning of: they count as other until somebody does. */
export function ReviewList({ review, settings, draft, zone, readOnly, onChange }: ReviewListProps) {
  if (review.length === 0) return null;
  return (
    <section aria-labelledby="to-review">
      <div className={styles.tools}>
        <Title order={3} size="sm" id="to-review">
          {countOf(review.length, 'type', 'types')} of jobs to review
        </Title>
        <Text size="xs" c="dimmed">
          Nothing says what they mean, so they count as other: their visits and estimates move nobody.
        </Text>
      </div>
      <ul className={`${styles.rows} ${styles.review}`}>
        {review.map(({ id, name, jobs, openJobs, newestOn, examples }) => {
          const title = id === null ? 'Jobs without a type' : (name ?? `Job type ${id}`);
          return (
            <li key={id ?? 0} data-changed={(id !== null && draft.jobTypes?.[id] !== undefined) || undefined}>
              <div className={styles.name}>
                <strong>{title}</strong>{' '}
                <Text span size="xs" c="dimmed">
                  {countOf(jobs, 'job')}, {openJobs} open, newest <Time iso={newestOn} zone={zone} />
                </Text>
                <ul className={styles.examples}>
                  {examples.map(({ jobNumber, status, contactId, customerName }) => (
                    <li key={jobNumber}>
                      {contactId ? (
                        <Link to={`/customers/${contactId}`}>{customerName}</Link>
                      ) : (
                        'Unknown customer'
                      )}
                      , job {jobNumber}, {status}
                    </li>
                  ))}
                </ul>
              </div>
              {id === null ? (
                <Text size="xs" c="dimmed">
                  {readOnly ? 'Not classified' : 'Classify their business units or tags'}
                </Text>
              ) : (
                <KindChoice
                  name={title}
                  kind={draftedKind(settings, draft, { subject: 'job_type', id })}
                  readOnly={readOnly}
                  onChange={(kind) =>
                    onChange(chooseKind(settings, draft, { subject: 'job_type', id, kind }))
                  }
                />
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
