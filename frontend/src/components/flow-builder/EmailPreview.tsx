import { Alert, Button, Text } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { IconEye } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { emailPreviewRequest, type EmailPreviewReply } from '#backend/schemas/flowApi.ts';
import { queries } from '../../queries.ts';
import { HtmlPreview } from '../common/HtmlPreview.tsx';
import { QueryView } from '../common/QueryView.tsx';
import { RowsSkeleton } from '../common/RowsSkeleton.tsx';
import type { DraftNode } from './editor/flowDocument.ts';
import styles from './FlowBuilder.module.css';
import { CustomerSelect } from './forms/CustomerSelect.tsx';

interface EmailPreviewProps {
  flowId: string;
  node: DraftNode;
  journeyId: string | null;
  customerName: string | null;
  onCustomer: (journeyId: string) => void;
}

/** The e-mail as it would reach a real customer, while it is written. */
export function EmailPreview({ flowId, node, journeyId, customerName, onCustomer }: EmailPreviewProps) {
  const [opened, { toggle }] = useDisclosure();
  const [email] = useDebouncedValue(node.data, 500);
  const asked = emailPreviewRequest.safeParse({ ...email, journeyId }).data;
  const preview = useQuery({
    ...queries.emailPreview(flowId, asked ?? nothing),
    enabled: opened && asked !== undefined,
  });
  return (
    <div className={styles.group}>
      <Button
        size="xs"
        variant="default"
        aria-expanded={opened}
        leftSection={<IconEye size={15} aria-hidden />}
        style={{ alignSelf: 'start' }}
        onClick={toggle}
      >
        {opened ? 'Hide the preview' : 'Preview for a customer'}
      </Button>
      {opened ? (
        <>
          <CustomerSelect
            label="As it reaches"
            size="xs"
            chosenName={customerName}
            onChoose={(customer) => onCustomer(customer.journeyId)}
          />
          {journeyId === null ? null : (
            <QueryView query={preview} skeleton={<RowsSkeleton rows={3} height={32} />}>
              {(reply) => <Preview {...reply} />}
            </QueryView>
          )}
        </>
      ) : null}
    </div>
  );
}

const nothing = emailPreviewRequest.parse({ journeyId: '00000000-0000-4000-8000-000000000000' });

function Preview({ customerName, message, problems, empty }: EmailPreviewReply) {
  return (
    <>
      {problems.length > 0 ? (
        <Alert color="red" title={message ? 'To be mended' : 'It cannot be composed yet'}>
          {problems.map(({ field, message: words }) => (
            <div key={`${field} ${words}`}>{words}</div>
          ))}
        </Alert>
      ) : null}
      {empty.length > 0 ? (
        <Text size="xs" c="dimmed">
          Empty for {customerName}: {empty.map(({ title }) => title).join(', ')}.
        </Text>
      ) : null}
      {message?.refused ? (
        <Alert color="orange" title="It would not be sent">
          {message.refused}
        </Alert>
      ) : null}
      {message ? (
        <>
          <Text size="sm" fw={600}>
            {message.subject}
          </Text>
          <div className={styles.mail}>
            <HtmlPreview html={message.html} title={`Preview of “${message.subject}”`} />
          </div>
        </>
      ) : null}
    </>
  );
}
