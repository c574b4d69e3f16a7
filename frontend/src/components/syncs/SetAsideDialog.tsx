import { Text } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { RejectedReply, RetryReply } from '#backend/schemas/api.ts';
import { api } from '../../api.ts';
import { queries } from '../../queries.ts';
import { useSession } from '../../session.ts';
import { LoadMore } from '../common/LoadMore.tsx';
import { notifyDone, notifyError } from '../common/notify.tsx';
import { QueryView } from '../common/QueryView.tsx';
import { RowsSkeleton } from '../common/RowsSkeleton.tsx';
import { Time } from '../common/Time.tsx';
import { BusyButton } from '../common/BusyButton.tsx';
import { Dialog } from '../common/Dialog.tsx';
import { resourceWords } from '../integrations/resourceWords.ts';
import styles from './syncs.module.css';

type Rejected = RejectedReply['records'][number];

const outcomes = {
  stored: 'could be read this time.',
  gone: 'is no longer in ServiceTitan.',
} as const satisfies Record<Exclude<RetryReply['outcome'], 'rejected'>, string>;

interface SetAsideDialogProps {
  connectionId: string;
  resource: string;
  zone: string;
  onClose: () => void;
}

/** The records of a resource that could not be read, each with the reason; the rest of their pages was. */
export function SetAsideDialog({ connectionId, resource, zone, onClose }: SetAsideDialogProps) {
  const { role } = useSession();
  const mayRetry = role === 'owner' || role === 'admin';
  const rejected = useInfiniteQuery(queries.rejected(connectionId, resource));
  const head = useRef<HTMLParagraphElement>(null);
  return (
    <Dialog onClose={onClose} size="lg" title={`${resourceWords(resource)} that were set aside`}>
      <Text ref={head} tabIndex={-1} size="sm" c="dimmed" mb="sm">
        These differ from what ServiceTitan documents and could not be understood; all others were read. When
        one is changed in ServiceTitan, it is read by itself.
        {mayRetry ? ' Or try it again here.' : ' An administrator can try it again here.'}
      </Text>
      <QueryView query={rejected} skeleton={<RowsSkeleton rows={4} />}>
        {({ pages }) => {
          const records = pages.flatMap((page) => page.records);
          if (records.length === 0) return <Text size="sm">Nothing is set aside any more.</Text>;
          return (
            <ul className={styles.setAside}>
              {records.map((record) => (
                <SetAside
                  key={`${record.resource} ${record.recordId}`}
                  connectionId={connectionId}
                  record={record}
                  zone={zone}
                  mayRetry={mayRetry}
                  onGone={() => head.current?.focus()}
                />
              ))}
            </ul>
          );
        }}
      </QueryView>
      <LoadMore pages={rejected} />
    </Dialog>
  );
}

interface SetAsideProps {
  connectionId: string;
  record: Rejected;
  zone: string;
  mayRetry: boolean;
  /** It is about to leave the list, and its button with it. */
  onGone: () => void;
}

function SetAside({ connectionId, record, zone, mayRetry, onGone }: SetAsideProps) {
  const queryClient = useQueryClient();
  const name = record.recordId === 0 ? 'A record without a readable id' : `Record ${record.recordId}`;
  const retry = useMutation({
    mutationFn: () => api.retryRejected(connectionId, record.resource, record.recordId),
    onSuccess: async ({ outcome }) => {
      if (outcome !== 'rejected') onGone();
      if (outcome === 'rejected') notifyError(name, { message: 'It still cannot be read.' });
      else notifyDone(`${name} ${outcomes[outcome]}`);
      await queryClient.invalidateQueries({ queryKey: ['connection', connectionId] });
    },
    onError: (error) => notifyError(name, error),
  });
  return (
    <li>
      <div className={styles.grow}>
        <strong>{name}</strong>
        <Text span size="xs" c="dimmed" ml={8}>
          <Time iso={record.readAt} zone={zone} show="absolute" />
        </Text>
        <ul className={styles.issues}>
          {record.issues.map((issue) => (
            <li key={issue}>{issue}</li>
          ))}
        </ul>
      </div>
      {mayRetry ? (
        <BusyButton
          size="xs"
          variant="default"
          isBusy={retry.isPending}
          aria-label={`Try ${name.toLowerCase()} again`}
          onClick={() => retry.mutate()}
        >
          Try again
        </BusyButton>
      ) : null}
    </li>
  );
}
