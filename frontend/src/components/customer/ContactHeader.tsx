import { IconAt, IconMailCheck, IconMailOff, IconPhone } from '@tabler/icons-react';
import type { TimelineReply } from '#backend/schemas/api.ts';
import styles from './ContactHeader.module.css';

type Contact = TimelineReply['contact'];

function consentOf({ email, suppressed, doNotMail, marketingAllowed }: Contact) {
  if (!email) return { words: 'No e-mail address', allowed: false };
  if (suppressed) return { words: `Gets no e-mail: ${suppressed}`, allowed: false };
  if (doNotMail) return { words: 'Do not mail (set in ServiceTitan)', allowed: false };
  if (!marketingAllowed) return { words: 'Service e-mails only', allowed: true };
  return { words: 'E-mails allowed', allowed: true };
}

/** How the customer can be reached, and whether they may be. */
export function ContactHeader({ contact }: { contact: Contact }) {
  const consent = consentOf(contact);
  const ConsentIcon = consent.allowed ? IconMailCheck : IconMailOff;
  return (
    <ul className={styles.facts}>
      {contact.email ? (
        <li>
          <IconAt size={15} aria-label="E-mail" />
          <a href={`mailto:${contact.email}`}>{contact.email}</a>
        </li>
      ) : null}
      {contact.phone ? (
        <li>
          <IconPhone size={15} aria-label="Phone" />
          <a href={`tel:${contact.phone}`}>{contact.phone}</a>
        </li>
      ) : null}
      <li data-allowed={consent.allowed}>
        <ConsentIcon size={15} aria-hidden />
        {consent.words}
      </li>
      <li>
        {contact.connectionName}
        {contact.servicetitanCustomerId ? ` · customer ${contact.servicetitanCustomerId}` : ''}
      </li>
    </ul>
  );
}
