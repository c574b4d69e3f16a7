import { Alert, Button, Group, Paper, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { connectRequest } from '#backend/schemas/api.ts';
import { SchemaForm } from '../flow-builder/SchemaForm.tsx';
import { HistoryFields } from '../syncs/HistoryFields.tsx';
import { JobTypeKinds } from './JobTypeKinds.tsx';
import { useConnectForm } from './useConnectForm.ts';

const timeZones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

interface ConnectFormProps {
  credentialSchema: unknown;
  /** What the zone is likely to be. */
  timeZone: string;
  environment: string;
}

/** Connects a tenant in two steps: credentials, tested at once; then what its job types mean. */
export function ConnectForm({ credentialSchema, timeZone, environment }: ConnectFormProps) {
  const form = useConnectForm({ timeZone, environment });
  const { values, errors } = form;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const problem = form.error ? (
    <Alert
      color="red"
      icon={<IconAlertTriangle size={18} />}
      title="ServiceTitan could not be connected"
      role="alert"
    >
      {form.error.message}
    </Alert>
  ) : null;

  if (form.tested?.connectedAs) {
    return (
      <Paper maw={760} p="lg">
        <Stack gap="sm">
          <Title order={2} size="lg">
            This tenant is connected already
          </Title>
          <Text size="sm" c="dimmed">
            It is connected as {form.tested.connectedAs}. Connecting renews its credentials, name and time
            zone; what its jobs mean stays as it is.
          </Text>
          {problem}
          <Group justify="end">
            <Button variant="default" onClick={form.back}>
              Back
            </Button>
            <Button loading={form.isConnecting} onClick={form.connect}>
              Renew the connection
            </Button>
          </Group>
        </Stack>
      </Paper>
    );
  }
  if (form.tested) {
    return (
      <Paper maw={760} style={{ overflow: 'hidden' }}>
        <Stack p="lg" gap="sm">
          <Title order={2} size="lg">
            What do the job types mean?
          </Title>
          <Text size="sm" c="dimmed">
            Suggested by their names. The states of all customers depend on it; it can be changed later.
          </Text>
          {problem}
        </Stack>
        <JobTypeKinds jobTypes={form.tested.jobTypes} kinds={form.kinds} onChange={form.classify} />
        {form.tenant ? (
          <Stack p="lg" pb={0} gap="sm">
            <Title order={2} size="lg">
              How much of its history?
            </Title>
            <HistoryFields tenant={form.tenant} choice={form.history} onChoose={form.chooseHistory} />
          </Stack>
        ) : null}
        <Group justify="end" p="lg">
          <Button variant="default" onClick={form.back}>
            Back
          </Button>
          <Button loading={form.isConnecting} onClick={form.connect}>
            Confirm and connect
          </Button>
        </Group>
      </Paper>
    );
  }
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
          {problem}
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
            <Button type="submit" loading={form.isTesting}>
              Test the credentials
            </Button>
          </Group>
          <Text size="xs" c="dimmed">
            Works with ServiceTitan. Not affiliated with or endorsed by ServiceTitan, Inc.
          </Text>
        </Stack>
      </form>
    </Paper>
  );
}
