import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../../queries.ts';
import { Dialog } from '../common/Dialog.tsx';
import { CustomerSelect } from '../flow-builder/forms/CustomerSelect.tsx';
import { WhyAnswer } from './WhyAnswer.tsx';

interface WhyDialogProps {
  flowId: string;
  flowName: string;
  /** Null: nobody was chosen yet. */
  contactId: string | null;
  onChoose: (contactId: string) => void;
  onClose: () => void;
}

/** Why a person did or did not get what a flow sends. */
export function WhyDialog({ flowId, flowName, contactId, onChoose, onClose }: WhyDialogProps) {
  const why = useQuery({
    ...queries.why(flowId, contactId ?? ''),
    enabled: contactId !== null,
  });
  return (
    <Dialog onClose={onClose} size="lg" title={`Why did somebody get “${flowName}”, or not?`}>
      <Stack>
        <CustomerSelect
          label="Customer"
          chosenName={why.data?.customerName ?? null}
          onChoose={(chosen) => {
            if (chosen.contactId !== null) onChoose(chosen.contactId);
          }}
        />
        {contactId === null ? (
          <Text size="sm" c="dimmed">
            Choose a customer: you see whether the flow started for them, which rule decided, and what became
            of each step.
          </Text>
        ) : (
          <WhyAnswer flowId={flowId} contactId={contactId} />
        )}
      </Stack>
    </Dialog>
  );
}
