import { Button, Stack, Text } from '@mantine/core';
import type { Command } from './commands.ts';
import { KeysOf } from './CommandPalette.tsx';

const offered = ['copy', 'cut', 'duplicate', 'disable', 'remove'];

/** What can be done with several things at once. */
export function SelectionPanel({ words, commands }: { words: string; commands: readonly Command[] }) {
  const known = offered.flatMap((id) => commands.find((command) => command.id === id) ?? []);
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {words}
      </Text>
      {known.map(({ id, title, keys, run }) => (
        <Button
          key={id}
          size="xs"
          variant="default"
          justify="space-between"
          color={id === 'remove' ? 'red' : 'gray'}
          rightSection={keys[0] ? <KeysOf combination={keys[0]} /> : null}
          onClick={run}
        >
          {title}
        </Button>
      ))}
    </Stack>
  );
}
