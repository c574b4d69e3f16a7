import type { MailboxMail } from '#backend/schemas/api.ts';
import { useSession } from '../../session.ts';
import { Time } from '../common/Time.tsx';
import styles from './Mailbox.module.css';

interface MailListProps {
  mails: MailboxMail[];
  selectedId: string;
  onSelect: (mailId: string) => void;
}

export function MailList({ mails, selectedId, onSelect }: MailListProps) {
  const { timeZone } = useSession().workspace;
  return (
    <ul className={styles.mails}>
      {mails.map((mail) => (
        <li key={mail.id}>
          <button
            type="button"
            aria-current={mail.id === selectedId || undefined}
            onClick={() => onSelect(mail.id)}
          >
            <span className={styles.top}>
              <span className={styles.to}>{mail.to.join(', ')}</span>
              <Time iso={mail.receivedAt} zone={timeZone} show="relative" />
            </span>
            <span className={styles.subject}>{mail.subject}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
