import { Paper, Stack, Text, Title } from '@mantine/core';
import type { ConnectTestReply } from '#backend/schemas/api.ts';
import { HistoryFields } from '../syncs/HistoryFields.tsx';
import { ConnectProblem } from './ConnectProblem.tsx';
import { JobTypeKinds } from './JobTypeKinds.tsx';
import { StepButtons } from './StepButtons.tsx';
import { StepTitle } from './StepTitle.tsx';
import type { ConnectFormState } from './useConnectForm.ts';

interface JobTypesStepProps {
  form: ConnectFormState;
  jobTypes: ConnectTestReply['jobTypes'];
}

/** The last step for a new tenant: what its job types mean, and how much of its history is read. */
export function JobTypesStep({ form, jobTypes }: JobTypesStepProps) {
  return (
    <Paper maw={760} style={{ overflow: 'hidden' }}>
      <Stack p="lg" gap="sm">
        <StepTitle>What do the job types mean?</StepTitle>
        <Text size="sm" c="dimmed">
          {jobTypes.length === 0
            ? 'The tenant has none yet, or the app may not read them. They can be classified once they are read.'
            : 'Suggested by their names. The states of all customers depend on it; it can be changed later.'}
        </Text>
        <ConnectProblem error={form.error} />
      </Stack>
      <JobTypeKinds jobTypes={jobTypes} kinds={form.kinds} onChange={form.classify} />
      {form.tenant ? (
        <Stack p="lg" pb={0} gap="sm">
          <Title order={2} size="lg">
            How much of its history?
          </Title>
          <HistoryFields tenant={form.tenant} choice={form.history} onChoose={form.chooseHistory} />
        </Stack>
      ) : null}
      <Stack p="lg">
        <StepButtons form={form} words="Confirm and connect" />
      </Stack>
    </Paper>
  );
}
