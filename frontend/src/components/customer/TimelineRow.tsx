import {
  IconArrowRight,
  IconCalendarEvent,
  IconFileDollar,
  IconFileText,
  IconHandStop,
  IconMail,
  IconMailOff,
  IconRoute,
  IconTool,
  IconUser,
  IconUserPlus,
  type Icon,
} from '@tabler/icons-react';
import { createElement } from 'react';
import { Link } from 'react-router';
import type { TimelineItem } from '#backend/schemas/api.ts';
import { formatTime } from '../../time.ts';
import { StateGlyph } from '../common/StateGlyph.tsx';
import styles from './Timeline.module.css';
import { timelineWords } from './timelineWords.ts';
import { WhyFlows } from './WhyFlows.tsx';

const recordIcons: Record<string, Icon> = {
  customers: IconUser,
  leads: IconUserPlus,
  bookings: IconUserPlus,
  jobs: IconTool,
  appointments: IconCalendarEvent,
  estimates: IconFileDollar,
};

function ItemIcon({ item }: { item: TimelineItem }) {
  if (item.type === 'transition') return <StateGlyph state={item.to} size={17} />;
  return createElement(iconOf(item), { size: 16, stroke: 1.7, 'aria-hidden': true });
}

function iconOf(item: Exclude<TimelineItem, { type: 'transition' }>): Icon {
  switch (item.type) {
    case 'record':
      return recordIcons[item.resource] ?? IconFileText;
    case 'run':
      return IconRoute;
    case 'message':
      return item.status === 'skipped' || item.status === 'failed' ? IconMailOff : IconMail;
    case 'override':
      return IconHandStop;
  }
}

function addressOf(item: TimelineItem): string | undefined {
  if (item.type === 'run') return `/runs/${item.runId}`;
  if (item.type === 'message') return `/messages?message=${item.messageId}`;
  return undefined;
}

/** One thing that happened. */
export function TimelineRow({
  contactId,
  item,
  zone,
}: {
  contactId: string;
  item: TimelineItem;
  zone: string;
}) {
  const { title, detail } = timelineWords(item);
  const address = addressOf(item);
  return (
    <li className={styles.item} data-type={item.type}>
      <span className={styles.icon}>
        <ItemIcon item={item} />
      </span>
      <div className={styles.body}>
        <div className={styles.title}>
          {address ? (
            <Link to={address}>
              {title}
              <IconArrowRight size={13} aria-hidden />
            </Link>
          ) : (
            title
          )}
        </div>
        {detail ? <div className={styles.detail}>{detail}</div> : null}
        {item.type === 'transition' && item.to !== 0 ? (
          <WhyFlows contactId={contactId} transitionId={item.transitionId} />
        ) : null}
      </div>
      <time className={styles.time} dateTime={item.at} title={`${item.at} (${zone})`}>
        {formatTime(item.at, zone)}
      </time>
    </li>
  );
}
