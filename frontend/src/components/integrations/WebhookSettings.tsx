import { Select, Stack, Switch, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import type { SignatureEncoding, WebhookReply } from '#backend/schemas/webhooks.ts';
import { BusyButton } from '../common/BusyButton.tsx';
import { notifyDone } from '../common/notify.tsx';
import { issueOf, type SaveWebhook } from './saveWebhook.ts';

const encodings = {
  auto: 'Either',
  hex: 'Hexadecimal',
  base64: 'Base64',
} as const satisfies Record<SignatureEncoding, string>;

type Shown = Pick<WebhookReply, 'enabled' | 'headerName' | 'encoding'>;

/** Whether webhooks are taken, and where and how the signature is written. */
export function WebhookSettings({ data, save }: { data: WebhookReply; save: SaveWebhook }) {
  const [draft, setDraft] = useState<Partial<Shown>>({});
  const { enabled, headerName, encoding } = { ...data, ...draft };
  const isChanged = enabled !== data.enabled || headerName !== data.headerName || encoding !== data.encoding;
  const change = (changes: Partial<Shown>) => {
    save.reset();
    setDraft({ ...draft, ...changes });
  };
  return (
    <form
      aria-label="How webhooks are verified"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(
          { enabled, headerName, encoding },
          {
            onSuccess: () => {
              setDraft({});
              notifyDone('The webhook settings are saved.');
            },
          },
        );
      }}
    >
      <Stack gap="sm" maw={420}>
        <Title order={3} size="sm">
          How they are verified
        </Title>
        <Switch
          label="Take webhooks"
          checked={enabled}
          onChange={(event) => change({ enabled: event.currentTarget.checked })}
        />
        <TextInput
          label="Header of the signature"
          description="Change it only if webhooks are refused because they are not signed."
          value={headerName}
          onChange={(event) => change({ headerName: event.currentTarget.value })}
          error={issueOf(save.error, 'headerName')}
        />
        <Select
          label="Encoding of the signature"
          description="ServiceTitan does not say which it uses."
          data={Object.entries(encodings).map(([value, label]) => ({ value, label }))}
          value={encoding}
          onChange={(value) => change({ encoding: value === 'hex' || value === 'base64' ? value : 'auto' })}
          allowDeselect={false}
        />
        <BusyButton
          type="submit"
          isBusy={save.isPending && save.variables.encoding !== undefined}
          isOff={!isChanged || save.isPending}
          style={{ alignSelf: 'start' }}
        >
          Save settings
        </BusyButton>
      </Stack>
    </form>
  );
}
