import { Group, Paper, Text, Title } from '@mantine/core';
import { IconPlus, IconTool } from '@tabler/icons-react';
import type { IntegrationsReply } from '#backend/schemas/api.ts';
import { countOf } from '../../money.ts';
import { useSession } from '../../session.ts';
import { EmptyState } from '../common/EmptyState.tsx';
import { LinkButton } from '../common/LinkButton.tsx';
import { ConnectionsList } from './ConnectionsList.tsx';
import styles from './Integrations.module.css';

type Integration = IntegrationsReply['integrations'][number];

/** One product that can be connected, with its connections. */
export function IntegrationCard({ integration }: { integration: Integration }) {
  const { id, name, description, actions, connections } = integration;
  const { role } = useSession();
  const mayConnect = role === 'owner' || role === 'admin';
  const connect = mayConnect ? (
    <LinkButton to={`/integrations/${id}/connect`} leftSection={<IconPlus size={16} />}>
      Connect {connections.length > 0 ? 'another tenant' : name}
    </LinkButton>
  ) : null;
  return (
    <Paper component="article" aria-label={name} style={{ overflow: 'hidden' }}>
      <Group p="lg" gap="md" align="center">
        <span className={styles.tile} aria-hidden>
          <IconTool size={22} stroke={1.7} />
        </span>
        <div className={styles.grow}>
          <Title order={3} size="lg">
            {name}
          </Title>
          <Text size="sm" c="dimmed">
            {description}
          </Text>
        </div>
        {connections.length > 0 ? connect : null}
      </Group>
      {connections.length > 0 ? (
        <ConnectionsList connections={connections} />
      ) : (
        <EmptyState title={`${name} is not connected`} action={connect}>
          {mayConnect
            ? 'You need the tenant id, the client id and secret, and the app key.'
            : 'Ask an administrator of the workspace to connect it.'}
        </EmptyState>
      )}
      <Text size="xs" c="dimmed" p="lg" className={styles.foot}>
        {countOf(actions.length, 'flow action')}. Works with {name}. Not affiliated with or endorsed by {name}
        , Inc.
      </Text>
    </Paper>
  );
}
