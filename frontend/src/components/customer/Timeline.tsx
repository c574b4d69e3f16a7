import type { TimelineItem } from '#backend/schemas/api.ts';
import { useNow } from '../../session.ts';
import { dayKey, formatDay } from '../../time.ts';
import { EmptyState } from '../common/EmptyState.tsx';
import styles from './Timeline.module.css';
import { TimelineRow } from './TimelineRow.tsx';

/** Everything that happened with a customer, newest first, by day. */
export function Timeline({
  contactId,
  items,
  zone,
}: {
  contactId: string;
  items: TimelineItem[];
  zone: string;
}) {
  const now = useNow();
  if (items.length === 0) {
    return <EmptyState title="Nothing here">Try another filter, or wait for the next sync.</EmptyState>;
  }
  const days = Map.groupBy(items, ({ at }) => dayKey(at, zone));
  return (
    <div className={styles.timeline}>
      {[...days].map(([day, ofDay]) => (
        <section key={day} aria-label={formatDay(ofDay[0]?.at ?? day, zone, now)}>
          <h3 className={styles.day}>{formatDay(ofDay[0]?.at ?? day, zone, now)}</h3>
          <ol className={styles.items}>
            {ofDay.map((item) => (
              <TimelineRow key={item.id} contactId={contactId} item={item} zone={zone} />
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}
