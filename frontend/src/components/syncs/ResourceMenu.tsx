import { ActionIcon, Loader, Menu, Text } from '@mantine/core';
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
import { isBeingRead, pauseWords } from './resourceHealth.ts';

const doneWords = {
  run: 'are being read',
  pause: 'are paused',
  resume: 'are read again on their schedule',
  cancel: 'are read no further than the page that is under way',
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
    onSuccess: (_, what) => notifyDone(`${title} ${doneWords[what]}.`),
    onError: (error) => notifyError(title, error),
    // Also what was refused: the resource is no longer as it was shown.
    onSettled: () => queryClient.invalidateQueries({ queryKey: queries.connection(connectionId).queryKey }),
  });
  const isAdmin = role === 'owner' || role === 'admin';
  const isPaused = resource.pausedAt !== null;
  const whenPaused = pauseWords(resource);
  if (role === 'viewer') return null;
  if (!isAdmin && isPaused && resource.setAside === 0) return null;
  return (
    // While it works it takes no second order, and keeps the focus.
    <Menu position="bottom-end" withinPortal disabled={act.isPending}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Actions for ${title}`}
          aria-busy={act.isPending}
        >
          {act.isPending ? <Loader size={14} /> : <IconDotsVertical size={16} />}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {isPaused ? null : (
          <Menu.Item leftSection={<IconRefresh size={15} />} onClick={() => act.mutate('run')}>
            Read now
          </Menu.Item>
        )}
        {isAdmin ? (
          <>
            {isBeingRead(resource) ? (
              <Menu.Item leftSection={<IconPlayerStop size={15} />} onClick={() => act.mutate('cancel')}>
                Stop this read
              </Menu.Item>
            ) : null}
            {isPaused ? (
              <Menu.Item leftSection={<IconPlayerPlay size={15} />} onClick={() => act.mutate('resume')}>
                Resume
              </Menu.Item>
            ) : (
              <Menu.Item leftSection={<IconPlayerPause size={15} />} onClick={() => act.mutate('pause')}>
                Pause
                {whenPaused ? (
                  <Text size="xs" c="dimmed">
                    {whenPaused}
                  </Text>
                ) : null}
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
