import { Button, Paper, Select, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import {
  IconCalendarCheck,
  IconCalendarOff,
  IconCalendarPlus,
  IconCircleCheck,
  IconFileDollar,
  IconFilePlus,
  IconTool,
  IconToolsOff,
  type Icon,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { storyEvents, type ConnectionSummary } from '#backend/schemas/api.ts';
import { api } from '../../api.ts';
import { notifyDone, notifyError } from '../common/notify.tsx';
import { CustomerPicker } from './CustomerPicker.tsx';
import { StoryResult, type PlayedStory } from './StoryResult.tsx';
import { storyOutcomes, storyWords } from './storyWords.ts';

const icons = {
  lead_received: IconCalendarPlus,
  sales_booked: IconCalendarCheck,
  sales_canceled: IconCalendarOff,
  estimate_created: IconFilePlus,
  estimate_sold: IconFileDollar,
  install_scheduled: IconTool,
  install_canceled: IconToolsOff,
  install_completed: IconCircleCheck,
} as const satisfies Record<(typeof storyEvents)[number], Icon>;

/** Makes things happen in the sandbox's ServiceTitan, for a chosen customer or anybody. */
export function StoryPanel({ connections }: { connections: ConnectionSummary[] }) {
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [customerId, setCustomerId] = useState<number | null>(null);
  const [played, setPlayed] = useState<PlayedStory[]>([]);
  const queryClient = useQueryClient();
  const connectionId = chosenId ?? connections[0]?.id ?? '';
  const play = useMutation({
    mutationFn: (event: (typeof storyEvents)[number]) =>
      api.playStory({ connectionId, event, ...(customerId ? { servicetitanCustomerId: customerId } : {}) }),
    onSuccess: async (reply, event) => {
      const story = { key: crypto.randomUUID(), connectionId, outcome: storyOutcomes[event], reply };
      setPlayed((before) => [story, ...before].slice(0, 10));
      notifyDone(<StoryResult story={story} />);
      await queryClient.invalidateQueries({ queryKey: ['customers'] });
    },
    onError: (error, event) => notifyError(`“${storyWords[event]}” is not possible now`, error),
  });

  return (
    <Paper p="lg" component="section" aria-label="Make something happen">
      <Stack>
        <Title order={2} size="md">
          Make something happen
        </Title>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Select
            label="Connection"
            data={connections.map(({ id, name }) => ({ value: id, label: name }))}
            value={connectionId}
            onChange={(id) => {
              setChosenId(id);
              setCustomerId(null);
            }}
            allowDeselect={false}
          />
          <CustomerPicker
            key={connectionId}
            connectionId={connectionId}
            value={customerId}
            onChange={setCustomerId}
          />
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm" verticalSpacing="sm">
          {storyEvents.map((event) => {
            const Shape = icons[event];
            return (
              <Button
                key={event}
                variant="default"
                justify="start"
                leftSection={<Shape size={17} stroke={1.7} aria-hidden />}
                loading={play.isPending && play.variables === event}
                disabled={connectionId === '' || (play.isPending && play.variables !== event)}
                onClick={() => play.mutate(event)}
              >
                {storyWords[event]}
              </Button>
            );
          })}
        </SimpleGrid>
        {played.length > 0 ? (
          <Stack gap="sm" component="ul" m={0} p={0} aria-label="What happened" style={{ listStyle: 'none' }}>
            {played.map((story) => (
              <li key={story.key}>
                <StoryResult story={story} />
              </li>
            ))}
          </Stack>
        ) : (
          <Text size="sm" c="dimmed">
            The event is written into the sandbox and read at once, as if it had happened in ServiceTitan.
          </Text>
        )}
      </Stack>
    </Paper>
  );
}
