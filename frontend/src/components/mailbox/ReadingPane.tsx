import { Button, CloseButton, Group, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { MailboxMailReply } from '#backend/schemas/api.ts';
import { queries } from '../../queries.ts';
import { useSession } from '../../session.ts';
import { HtmlPreview } from '../common/HtmlPreview.tsx';
import { QueryView } from '../common/QueryView.tsx';
import { RowsSkeleton } from '../common/RowsSkeleton.tsx';
import { Time } from '../common/Time.tsx';
import styles from './Mailbox.module.css';

/** One e-mail as it arrived. */
export function ReadingPane({ mailId, onClose }: { mailId: string; onClose: () => void }) {
  const mail = useQuery(queries.mail(mailId));
  return (
    <QueryView query={mail} skeleton={<RowsSkeleton rows={5} />}>
      {(data) => <Mail mail={data.mail} onClose={onClose} />}
    </QueryView>
  );
}

function Mail({ mail, onClose }: { mail: MailboxMailReply['mail']; onClose: () => void }) {
  const { timeZone } = useSession().workspace;
  const [headersShown, { toggle }] = useDisclosure();
  return (
    <article className={styles.mail} aria-label={mail.subject}>
      <header>
        <Group justify="space-between" wrap="nowrap" align="start">
          <Title order={2} size="lg">
            {mail.subject}
          </Title>
          <CloseButton aria-label="Close the e-mail" onClick={onClose} />
        </Group>
        <Text size="sm" c="dimmed" component="div">
          {mail.from} to {mail.to.join(', ')}
        </Text>
        <Group gap="md">
          <Text size="sm" c="dimmed" component="div">
            <Time iso={mail.receivedAt} zone={timeZone} />
          </Text>
          <Button variant="subtle" size="compact-xs" onClick={toggle} aria-expanded={headersShown}>
            {headersShown ? 'Hide the headers' : 'Show the headers'}
          </Button>
        </Group>
      </header>
      {headersShown ? (
        <dl className={styles.headers} tabIndex={0} aria-label="Headers">
          {mail.headers.map(({ name, value }) => (
            <div key={`${name} ${value}`}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      {mail.html === null ? (
        <pre className={styles.text}>{mail.text ?? 'This e-mail has no text.'}</pre>
      ) : (
        <HtmlPreview html={mail.html} title={`Text of “${mail.subject}”`} />
      )}
    </article>
  );
}
