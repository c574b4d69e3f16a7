import { Group, Paper, Select, Stack, Text, TextInput } from '@mantine/core';
import { connectRequest } from '#backend/schemas/api.ts';
import { BusyButton } from '../common/BusyButton.tsx';
import { SchemaForm } from '../flow-builder/SchemaForm.tsx';
import { ConnectProblem } from './ConnectProblem.tsx';
import type { ConnectFormState } from './useConnectForm.ts';

const timeZones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

/** The first step: what ServiceTitan gave to sign in with, tried at once. */
export function CredentialsStep({
  form,
  credentialSchema,
}: {
  form: ConnectFormState;
  credentialSchema: unknown;
}) {
  const { values, errors } = form;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return (
    <Paper maw={560} p="lg">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          form.test();
        }}
      >
        <Stack>
          <ConnectProblem error={form.error} />
          <TextInput
            label="Name"
            description="How the connection is called on all screens, for example SOCAL."
            value={text(values.name)}
            onChange={(event) => form.change({ ...values, name: event.currentTarget.value })}
            error={errors.name}
          />
          <SchemaForm
            schema={credentialSchema}
            values={values}
            onChange={(_, next) => form.change(next)}
            errors={errors}
            shows={(field) => field in connectRequest.shape}
          />
          <Select
            label="Time zone"
            description="Appointments and quiet hours follow it."
            data={timeZones}
            searchable
            limit={40}
            allowDeselect={false}
            value={text(values.timeZone)}
            onChange={(zone) => form.change({ ...values, timeZone: zone })}
            error={errors.timeZone}
          />
          <Group justify="end">
            <BusyButton type="submit" isBusy={form.isTesting}>
              Test the credentials
            </BusyButton>
          </Group>
          <Text size="xs" c="dimmed">
            Works with ServiceTitan. Not affiliated with or endorsed by ServiceTitan, Inc.
          </Text>
        </Stack>
      </form>
    </Paper>
  );
}
