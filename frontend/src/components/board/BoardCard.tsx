import { IconCalendarEvent } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { JourneyCard } from '#backend/schemas/api.ts';
import { formatMoney } from '../../money.ts';
import { useNow } from '../../session.ts';
import { formatAge, formatDateTime, formatDateTimeShort } from '../../time.ts';
import styles from './Board.module.css';

interface BoardCardProps {
  card: JourneyCard;
  moved: boolean;
  showConnection: boolean;
}

/** One journey on the board. */
export function BoardCard({ card, moved, showConnection }: BoardCardProps) {
  const now = useNow();
  const { appointmentStart, timeZone, contactId } = card;
  const value = card.soldTotal || card.openTotal;
  const body = (
    <>
      <span className={styles.name}>{card.customerName}</span>
      {appointmentStart ? (
        <span
          className={styles.visit}
          title={`${formatDateTime(appointmentStart, timeZone, now)} ${timeZone}`}
        >
          <IconCalendarEvent size={13} stroke={1.8} aria-hidden />
          <span className="visually-hidden">Appointment </span>
          {formatDateTimeShort(appointmentStart, timeZone)}
        </span>
      ) : null}
      <span className={styles.facts}>
        {card.jobNumber ? <span>#{card.jobNumber}</span> : null}
        {value > 0 ? <span className={styles.value}>{formatMoney(value)}</span> : null}
      </span>
      <span className={styles.facts}>
        {showConnection ? <span>{card.connectionName}</span> : null}
        <span
          className={styles.age}
          title={`In this state since ${formatDateTime(card.stateChangedAt, timeZone, now)}`}
        >
          <span className="visually-hidden">In this state for </span>
          {formatAge(card.stateChangedAt, now)}
        </span>
      </span>
    </>
  );
  if (contactId === null) return <div className={styles.card}>{body}</div>;
  return (
    <Link
      to={`/customers/${contactId}`}
      className={styles.card}
      aria-label={card.customerName}
      data-journey={card.id}
      data-moved={moved || undefined}
    >
      {body}
    </Link>
  );
}
