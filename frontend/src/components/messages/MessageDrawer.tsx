import { Drawer, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { MessageReply } from '#backend/schemas/api.ts';
import { queries } from '../../queries.ts';
import { useSession } from '../../session.ts';
import { Disclosure } from '../common/Disclosure.tsx';
import { HtmlPreview } from '../common/HtmlPreview.tsx';
import { QueryView } from '../common/QueryView.tsx';
import { RowsSkeleton } from '../common/RowsSkeleton.tsx';
import { StatusBadge } from '../common/StatusBadge.tsx';
import { Time } from '../common/Time.tsx';
import { WhyAnswer } from '../why/WhyAnswer.tsx';
import { messageBadge } from './messageBadge.ts';

const classWords = { transactional: 'Service e-mail', marketing: 'Marketing e-mail' } as const;

/** One message: what it said, to whom, and what became of it. */
export function MessageDrawer({ messageId, onClose }: { messageId: string; onClose: () => void }) {
  const message = useQuery(queries.message(messageId));
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={message.data?.message.subject ?? 'Message'}
      closeButtonProps={{ 'aria-label': 'Close the message' }}
      styles={{ body: { height: 'calc(100% - 60px)', display: 'flex', flexDirection: 'column' } }}
    >
      <QueryView query={message} skeleton={<RowsSkeleton rows={6} />}>
        {(data) => <Content message={data.message} />}
      </QueryView>
    </Drawer>
  );
}

function Content({ message }: { message: MessageReply['message'] }) {
  const { timeZone } = useSession().workspace;
  return (
    <>
      <Stack gap="xs" mb="md">
        <Group gap="sm">
          <StatusBadge status={messageBadge(message.status)} />
          <Text size="sm" c="dimmed">
            {classWords[message.class]}
          </Text>
        </Group>
        {message.reason ? <Text size="sm">{message.reason}</Text> : null}
        <Text size="sm" c="dimmed" component="div">
          To {message.to ?? 'nobody'} · <Time iso={message.sentAt ?? message.createdAt} zone={timeZone} />
        </Text>
        <Group gap="md">
          {message.contactId ? (
            <Link to={`/customers/${message.contactId}`}>{message.customerName}</Link>
          ) : null}
          {message.runId ? <Link to={`/runs/${message.runId}`}>Open the run</Link> : null}
        </Group>
        {message.flowId && message.contactId ? (
          <WhyMessage flowId={message.flowId} contactId={message.contactId} messageId={message.id} />
        ) : null}
      </Stack>
      <HtmlPreview html={message.html} title={`Text of “${message.subject}”`} />
    </>
  );
}

function WhyMessage(message: { flowId: string; contactId: string; messageId: string }) {
  return <Disclosure label="Why did it go out, or not?">{() => <WhyAnswer {...message} />}</Disclosure>;
}
