import { Paper, Stack, Text } from '@mantine/core';
import { ConnectProblem } from './ConnectProblem.tsx';
import { StepButtons } from './StepButtons.tsx';
import { StepTitle } from './StepTitle.tsx';
import type { ConnectFormState } from './useConnectForm.ts';

/** The last step for a tenant that is connected already: its credentials are renewed. */
export function RenewStep({ form, connectedAs }: { form: ConnectFormState; connectedAs: string }) {
  return (
    <Paper maw={760} p="lg">
      <Stack gap="sm">
        <StepTitle>This tenant is connected already</StepTitle>
        <Text size="sm" c="dimmed">
          It is connected as {connectedAs}. Connecting renews its credentials, name and time zone; what its
          jobs mean stays as it is.
        </Text>
        <ConnectProblem error={form.error} />
        <StepButtons form={form} words="Renew the connection" />
      </Stack>
    </Paper>
  );
}
