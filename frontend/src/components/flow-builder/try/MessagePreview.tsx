import { Alert, Text } from '@mantine/core';
import type { TriedMessage } from '#backend/schemas/flowApi.ts';
import { Dialog } from '../../common/Dialog.tsx';
import { HtmlPreview } from '../../common/HtmlPreview.tsx';
import styles from './try.module.css';

/** An e-mail as the customer would get it. */
export function MessagePreview({ message, onClose }: { message: TriedMessage; onClose: () => void }) {
  return (
    <Dialog onClose={onClose} title={message.subject} size="lg">
      <Text size="sm" c="dimmed" mb="sm">
        To {message.to ?? 'nobody'} · {message.class === 'marketing' ? 'Marketing e-mail' : 'Service e-mail'}
      </Text>
      {message.refused ? (
        <Alert color="orange" title="It would not be sent" mb="sm">
          {message.refused}
        </Alert>
      ) : null}
      <div className={styles.mail}>
        <HtmlPreview html={message.html} title={`Text of “${message.subject}”`} />
      </div>
    </Dialog>
  );
}
