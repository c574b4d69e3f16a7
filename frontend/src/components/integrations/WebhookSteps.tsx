import { List, Text } from '@mantine/core';
import { CopyField } from '../common/CopyField.tsx';

const events = [
  'tn.crm.lead-created',
  'tn.crm.lead-updated',
  'tn.crm.booking-updated',
  'tn.jpm.job-scheduled',
  'tn.jpm.job-rescheduled',
  'tn.jpm.job-updated',
  'tn.jpm.job-completed',
  'tn.jpm.job-appointment-updated',
  'tn.dis.technician-dispatched',
] as const;

/** Where webhooks are sent to, and what to do in ServiceTitan's developer portal. */
export function WebhookSteps({ address }: { address: string }) {
  return (
    <div>
      <CopyField label="Address" value={address} />
      <List type="ordered" size="sm" mt="sm" spacing={4}>
        <List.Item>Generate a signing key below, and copy it.</List.Item>
        <List.Item>
          In ServiceTitan’s developer portal open your app and, in a new version of it, its webhooks.
        </List.Item>
        <List.Item>
          Choose these events and paste the address for each:{' '}
          <Text span size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {events.join(', ')}
          </Text>
        </List.Item>
        <List.Item>Paste the key as the HMAC key.</List.Item>
        <List.Item>
          Let an administrator of the tenant accept the new version of the app: only then do webhooks come.
        </List.Item>
      </List>
    </div>
  );
}
