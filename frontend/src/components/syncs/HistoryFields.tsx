import { Select, Stack, Text } from '@mantine/core';
import type { VolumeRequest } from '#backend/schemas/api.ts';
import { useNow } from '../../session.ts';
import { historyChoices, historyStart, isHistoryChoice, type HistoryChoice } from './historyStart.ts';
import { VolumePreview } from './VolumePreview.tsx';

interface HistoryFieldsProps {
  tenant: VolumeRequest['tenant'];
  choice: HistoryChoice;
  onChoose: (choice: HistoryChoice) => void;
}

/** Lets an administrator choose how far back a tenant is read, and shows what that means. */
export function HistoryFields({ tenant, choice, onChoose }: HistoryFieldsProps) {
  const now = useNow();
  return (
    <Stack gap="sm">
      <Select
        label="How far back to read"
        description="Customers and their contacts are always read. Of everything else, what changed since then."
        data={historyChoices.map(({ value, label }) => ({ value, label }))}
        value={choice}
        onChange={(value) => {
          if (isHistoryChoice(value)) onChoose(value);
        }}
        allowDeselect={false}
        maw={360}
      />
      <VolumePreview tenant={tenant} from={historyStart(choice, now)} />
      <Text size="sm" c="dimmed">
        What happened before the tenant was connected sends no e-mail.
      </Text>
    </Stack>
  );
}
