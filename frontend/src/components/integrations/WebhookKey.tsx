import { Alert, Group, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { WebhookReply } from '#backend/schemas/webhooks.ts';
import { BusyButton } from '../common/BusyButton.tsx';
import { CopyField } from '../common/CopyField.tsx';
import { Time } from '../common/Time.tsx';
import { issueOf, type SaveWebhook } from './saveWebhook.ts';

interface WebhookKeyProps {
  data: WebhookReply;
  zone: string;
  generatedKey: string | null;
  save: SaveWebhook;
}

/** The key that webhooks are signed with: generated and shown once, or entered; replaced without a gap. */
export function WebhookKey({ data, zone, generatedKey, save }: WebhookKeyProps) {
  const { hasKey, formerKeyUntil } = data;
  const status = useRef<HTMLParagraphElement>(null);
  return (
    <Stack gap="sm" component="section" aria-label="Signing key">
      <Title order={3} size="sm">
        Signing key
      </Title>
      <Text ref={status} tabIndex={-1} size="sm" role="status">
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
          <BusyButton
            variant="default"
            size="xs"
            isBusy={save.isPending && save.variables.formerKey === 'drop'}
            isOff={save.isPending}
            onClick={() => {
              status.current?.focus();
              save.mutate({ formerKey: 'drop' });
            }}
          >
            End it now
          </BusyButton>
        </Group>
      )}
      <BusyButton
        variant="default"
        leftSection={<IconKey size={16} />}
        isBusy={save.isPending && save.variables.key === 'generate'}
        isOff={save.isPending}
        onClick={() => save.mutate({ key: 'generate' })}
        style={{ alignSelf: 'start' }}
      >
        {hasKey ? 'Generate another key' : 'Generate key'}
      </BusyButton>
      {hasKey ? (
        <Text size="xs" c="dimmed">
          {formerKeyUntil === null
            ? 'The key before it counts for a day more, so that no webhook is lost.'
            : 'Another key ends the former one at once; the one that is set counts for a day more.'}
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
        save.mutate({ key: key.trim() }, { onSuccess: () => setKey('') });
      }}
    >
      <Stack gap="xs" align="flex-start">
        <PasswordInput
          label="Or enter the key that the developer portal generated"
          autoComplete="off"
          value={key}
          onChange={(event) => {
            save.reset();
            setKey(event.currentTarget.value);
          }}
          error={issueOf(save.error, 'key')}
          w="100%"
          maw={420}
        />
        <BusyButton
          type="submit"
          variant="default"
          isBusy={save.isPending && save.variables.key === key.trim()}
          isOff={key.trim() === '' || save.isPending}
        >
          Save key
        </BusyButton>
      </Stack>
    </form>
  );
}
