import { Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { WebhookReply } from '#backend/schemas/webhooks.ts';
import { formatCount } from '../../money.ts';
import list from '../common/list.module.css';
import { Time } from '../common/Time.tsx';
import styles from './Webhooks.module.css';

/** What came lately, and what was refused and why. */
export function WebhookArrivals({ data, zone }: { data: WebhookReply; zone: string }) {
  const { counts, recent } = data;
  return (
    <section aria-label="What came in the last 30 days">
      <Title order={3} size="sm" mb="xs">
        The last 30 days
      </Title>
      {counts.length === 0 ? (
        <Text size="sm" c="dimmed">
          None has come yet. ServiceTitan’s portal can send one as a test.
        </Text>
      ) : null}
      <ul className={styles.counts}>
        {counts.map(({ outcome, isRefusal, words, count, lastAt }) => (
          <li key={outcome} data-refused={isRefusal}>
            {isRefusal ? <IconAlertTriangle size={15} aria-hidden /> : <IconCheck size={15} aria-hidden />}
            <span>
              <strong>{formatCount(count)}</strong> {isRefusal ? `refused: ${words}` : words}{' '}
              <Text span size="xs" c="dimmed">
                last <Time iso={lastAt} zone={zone} show="relative" />
              </Text>
            </span>
          </li>
        ))}
      </ul>
      {recent.length > 0 ? <Recent recent={recent} zone={zone} /> : null}
    </section>
  );
}

function Recent({ recent, zone }: { recent: WebhookReply['recent']; zone: string }) {
  return (
    <div className={list.scroll} tabIndex={0} role="region" aria-label="The last webhooks">
      <table className={list.table}>
        <thead>
          <tr>
            <th scope="col">Came</th>
            <th scope="col">Event</th>
            <th scope="col">Happened</th>
            <th scope="col">Deliveries</th>
          </tr>
        </thead>
        <tbody>
          {recent.map(({ id, type, happenedAt, receivedAt, repeats }) => (
            <tr key={id}>
              <td className={list.nowrap}>
                <Time iso={receivedAt} zone={zone} />
              </td>
              <td className={list.nowrap}>{type}</td>
              <td className={list.nowrap}>
                <Time iso={happenedAt} zone={zone} show="absolute" />
              </td>
              <td>{repeats + 1}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
