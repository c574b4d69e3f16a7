import { Group } from '@mantine/core';
import { BusyButton } from '../common/BusyButton.tsx';
import type { ConnectFormState } from './useConnectForm.ts';

interface StepButtonsProps {
  form: ConnectFormState;
  /** What the last press says that it does. */
  words: string;
}

/** The way back to the credentials, and the last press. */
export function StepButtons({ form, words }: StepButtonsProps) {
  return (
    <Group justify="end">
      <BusyButton variant="default" isOff={form.isConnecting} onClick={form.back}>
        Back
      </BusyButton>
      <BusyButton isBusy={form.isConnecting} onClick={form.connect}>
        {words}
      </BusyButton>
    </Group>
  );
}
