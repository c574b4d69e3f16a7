import { Button, Group, Skeleton, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api.ts';
import { countOf } from '../../money.ts';
import { queries } from '../../queries.ts';
import { Dialog } from '../common/Dialog.tsx';
import { notifyDone } from '../common/notify.tsx';
import { QueryView } from '../common/QueryView.tsx';
import { enrolmentWords } from '../flows/GalleryFlowCard.tsx';

interface EnrolDialogProps {
  flowId: string;
  onClose: () => void;
}

/** Starts the published flow for those who stand where it begins already, after saying how many they are. */
export function EnrolDialog({ flowId, onClose }: EnrolDialogProps) {
  // Of one dialog however often it is tried: nobody is enrolled twice.
  const [requestId] = useState(() => crypto.randomUUID());
  const enrolment = useQuery({ ...queries.enrolment(flowId, 'published'), gcTime: 0 });
  const queryClient = useQueryClient();
  const enrol = useMutation({
    mutationFn: (expected: number) => api.enrol(flowId, { requestId, expected }),
    onSuccess: ({ count }) => {
      notifyDone(`${countOf(count, 'customer is', 'customers are')} being enrolled.`);
      onClose();
    },
    onError: () => queryClient.invalidateQueries({ queryKey: ['flow', flowId, 'enrolment'] }),
  });
  return (
    <Dialog onClose={onClose} title="Enrol customers now?">
      <QueryView query={enrolment} skeleton={<Skeleton height={60} />}>
        {({ count, isExact }) => (
          <>
            <Text size="sm">
              {count === null
                ? 'What starts this flow is nothing that customers stand in: there is nobody to enrol.'
                : `${enrolmentWords({ count, isExact })}: those who came before the flow was there, as far as its rules let them in.`}
            </Text>
            {enrol.error ? (
              <Text size="sm" c="var(--chou-bad)" mt="sm" role="alert">
                {enrol.error.message}
              </Text>
            ) : null}
            <Group justify="end" mt="lg">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              {count === null || count === 0 ? null : (
                <Button loading={enrol.isPending} onClick={() => enrol.mutate(count)}>
                  Enrol {countOf(count, 'customer')}
                </Button>
              )}
            </Group>
          </>
        )}
      </QueryView>
    </Dialog>
  );
}
