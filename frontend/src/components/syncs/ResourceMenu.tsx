import { ActionIcon, Menu, Text } from '@mantine/core';
import {
  IconCalendarTime,
  IconDotsVertical,
  IconListDetails,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ResourceSync } from '#backend/schemas/api.ts';
import { api, type ResourceAct } from '../../api.ts';
import { queries } from '../../queries.ts';
import { useSession } from '../../session.ts';
import { notifyDone, notifyError } from '../common/notify.tsx';
import { resourceWords } from '../integrations/resourceWords.ts';
import { healthOf, isForStates } from './resourceHealth.ts';

const doneWords = {
  run: 'is being read',
  pause: 'is paused',
  resume: 'is read again on its schedule',
  cancel: 'stops after the page that it is at',
} as const satisfies Record<ResourceAct, string>;

interface ResourceMenuProps {
  connectionId: string;
  resource: ResourceSync;
  onSchedule: () => void;
  onSetAside: () => void;
}

/** What can be done with one resource of a connection. */
export function ResourceMenu({ connectionId, resource, onSchedule, onSetAside }: ResourceMenuProps) {
  const { role } = useSession();
  const queryClient = useQueryClient();
  const title = resourceWords(resource.resource);
  const act = useMutation({
    mutationFn: (what: ResourceAct) => api.actOnResource(connectionId, resource.resource, what),
    onSuccess: async (_, what) => {
      notifyDone(`${title} ${doneWords[what]}.`);
      await queryClient.invalidateQueries({ queryKey: queries.connection(connectionId).queryKey });
    },
    onError: (error) => notifyError(title, error),
  });
  const isAdmin = role === 'owner' || role === 'admin';
  const isReading = healthOf(resource) === 'reading';
  if (role === 'viewer') return null;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${title}`} loading={act.isPending}>
          <IconDotsVertical size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconRefresh size={15} />} onClick={() => act.mutate('run')}>
          Read now
        </Menu.Item>
        {isAdmin ? (
          <>
            {isReading ? (
              <Menu.Item leftSection={<IconPlayerStop size={15} />} onClick={() => act.mutate('cancel')}>
                Stop this read
              </Menu.Item>
            ) : null}
            {resource.pausedAt === null ? (
              <Menu.Item leftSection={<IconPlayerPause size={15} />} onClick={() => act.mutate('pause')}>
                Pause
                {isForStates(resource) ? (
                  <Text size="xs" c="dimmed">
                    Customers stay in their states meanwhile
                  </Text>
                ) : null}
              </Menu.Item>
            ) : (
              <Menu.Item leftSection={<IconPlayerPlay size={15} />} onClick={() => act.mutate('resume')}>
                Resume
              </Menu.Item>
            )}
            <Menu.Item leftSection={<IconCalendarTime size={15} />} onClick={onSchedule}>
              Change how often…
            </Menu.Item>
          </>
        ) : null}
        {resource.setAside > 0 ? (
          <Menu.Item leftSection={<IconListDetails size={15} />} onClick={onSetAside}>
            Show what was set aside…
          </Menu.Item>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
