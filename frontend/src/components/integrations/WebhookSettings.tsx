import { Button, Select, Stack, Switch, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import type { SignatureEncoding, WebhookReply } from '#backend/schemas/webhooks.ts';
import { notifyDone } from '../common/notify.tsx';
import type { SaveWebhook } from './saveWebhook.ts';

const encodings = {
  auto: 'Either',
  hex: 'Hexadecimal',
  base64: 'Base64',
} as const satisfies Record<SignatureEncoding, string>;

/** Whether webhooks are taken, and where and how the signature is written. */
export function WebhookSettings({ data, save }: { data: WebhookReply; save: SaveWebhook }) {
  const [enabled, setEnabled] = useState(data.enabled);
  const [headerName, setHeaderName] = useState(data.headerName);
  const [encoding, setEncoding] = useState<SignatureEncoding>(data.encoding);
  const isChanged = enabled !== data.enabled || headerName !== data.headerName || encoding !== data.encoding;
  return (
    <form
      aria-label="How webhooks are verified"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(
          { enabled, headerName, encoding },
          { onSuccess: () => notifyDone('The webhook settings are saved.') },
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
          onChange={(event) => setEnabled(event.currentTarget.checked)}
        />
        <TextInput
          label="Header of the signature"
          description="Change it only if webhooks are refused because they are not signed."
          value={headerName}
          onChange={(event) => setHeaderName(event.currentTarget.value)}
        />
        <Select
          label="Encoding of the signature"
          description="ServiceTitan does not say which it uses."
          data={Object.entries(encodings).map(([value, label]) => ({ value, label }))}
          value={encoding}
          onChange={(value) => setEncoding(value === 'hex' || value === 'base64' ? value : 'auto')}
          allowDeselect={false}
        />
        <Button type="submit" disabled={!isChanged} loading={save.isPending} style={{ alignSelf: 'start' }}>
          Save settings
        </Button>
      </Stack>
    </form>
  );
}
