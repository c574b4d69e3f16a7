import { Alert, Button, Group, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useState } from 'react';
import type { WebhookReply } from '#backend/schemas/webhooks.ts';
import { CopyField } from '../common/CopyField.tsx';
import { Time } from '../common/Time.tsx';
import type { SaveWebhook } from './saveWebhook.ts';

interface WebhookKeyProps {
  data: WebhookReply;
  zone: string;
  generatedKey: string | null;
  save: SaveWebhook;
}

/** The key that webhooks are signed with: generated and shown once, or entered; replaced without a gap. */
export function WebhookKey({ data, zone, generatedKey, save }: WebhookKeyProps) {
  const { hasKey, formerKeyUntil } = data;
  return (
    <Stack gap="sm" component="section" aria-label="Signing key">
      <Title order={3} size="sm">
        Signing key
      </Title>
      <Text size="sm" role="status">
        {hasKey
          ? 'A key is set. It is not shown again.'
          : 'No key is set: webhooks are refused, because nobody could tell who sent them.'}
      </Text>
      {generatedKey === null ? null : (
        <Alert color="green" icon={<IconKey size={18} />} title="Copy the new key now" role="alert">
          <CopyField
            label="New signing key"
            value={generatedKey}
            description="It is shown this once. Paste it into the developer portal."
          />
        </Alert>
      )}
      {formerKeyUntil === null ? null : (
        <Group gap="sm">
          <Text size="sm" component="div">
            The former key counts until <Time iso={formerKeyUntil} zone={zone} />.
          </Text>
          <Button
            variant="default"
            size="xs"
            loading={save.isPending}
            onClick={() => save.mutate({ formerKey: 'drop' })}
          >
            End it now
          </Button>
        </Group>
      )}
      <Button
        variant="default"
        leftSection={<IconKey size={16} />}
        loading={save.isPending}
        onClick={() => save.mutate({ key: 'generate' })}
        style={{ alignSelf: 'start' }}
      >
        {hasKey ? 'Generate another key' : 'Generate key'}
      </Button>
      {hasKey ? (
        <Text size="xs" c="dimmed">
          The key before it counts for a day more, so that no webhook is lost.
        </Text>
      ) : null}
      <OwnKey save={save} />
    </Stack>
  );
}

function OwnKey({ save }: { save: SaveWebhook }) {
  const [key, setKey] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ key }, { onSuccess: () => setKey('') });
      }}
    >
      <Group align="end" gap="xs" wrap="nowrap" maw={640}>
        <PasswordInput
          label="Or enter the key that the developer portal generated"
          autoComplete="off"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          style={{ flex: 1, minWidth: 0 }}
        />
        <Button type="submit" variant="default" disabled={key.trim() === ''} loading={save.isPending}>
          Save key
        </Button>
      </Group>
    </form>
  );
}
