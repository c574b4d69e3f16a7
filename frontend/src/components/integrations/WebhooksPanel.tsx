import { Alert, Paper, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { WebhookReply, WebhookRequest } from '#backend/schemas/webhooks.ts';
import { api, ApiError } from '../../api.ts';
import { queries } from '../../queries.ts';
import { QueryView } from '../common/QueryView.tsx';
import { RowsSkeleton } from '../common/RowsSkeleton.tsx';
import { WebhookArrivals } from './WebhookArrivals.tsx';
import { WebhookKey } from './WebhookKey.tsx';
import { WebhookSettings } from './WebhookSettings.tsx';
import { WebhookSteps } from './WebhookSteps.tsx';

/** Lets an administrator have ServiceTitan tell of changes at once, and see what came of it. */
export function WebhooksPanel({ connectionId, zone }: { connectionId: string; zone: string }) {
  const webhook = useQuery(queries.webhook(connectionId));
  return (
    <Paper component="section" aria-label="Webhooks" p="lg">
      <Title order={2} size="md">
        Webhooks
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        ServiceTitan can tell at once that something changed. Without it, changes are seen within minutes all
        the same.
      </Text>
      <QueryView query={webhook} skeleton={<RowsSkeleton rows={5} />}>
        {(data) => <Content connectionId={connectionId} data={data} zone={zone} />}
      </QueryView>
    </Paper>
  );
}

function Content({ connectionId, data, zone }: { connectionId: string; data: WebhookReply; zone: string }) {
  const queryClient = useQueryClient();
  const [generatedKey, setGeneratedKey] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: (changes: Partial<WebhookRequest>) => {
      const { enabled, headerName, encoding } = data;
      return api.saveWebhook(connectionId, { enabled, headerName, encoding, ...changes });
    },
    onSuccess: (reply) => {
      // The key is shown this once: it is not kept with what can be fetched again.
      setGeneratedKey((shown) => reply.generatedKey ?? shown);
      queryClient.setQueryData(queries.webhook(connectionId).queryKey, { ...reply, generatedKey: null });
    },
  });
  return (
    <Stack gap="lg">
      <WebhookSteps address={data.address} />
      <WebhookKey data={data} zone={zone} generatedKey={generatedKey} save={save} />
      <WebhookSettings data={data} save={save} />
      {save.error && !isAboutField(save.error) ? (
        <Alert role="alert" color="red" icon={<IconAlertTriangle size={18} />} title="This was not saved">
          {save.error.message}
        </Alert>
      ) : null}
      <WebhookArrivals data={data} zone={zone} />
    </Stack>
  );
}

/** Said at the field itself. */
function isAboutField(error: Error): boolean {
  return error instanceof ApiError && error.issues.length > 0;
}
