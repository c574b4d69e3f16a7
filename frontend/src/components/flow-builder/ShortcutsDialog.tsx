import { Table, Title } from '@mantine/core';
import { Dialog } from '../common/Dialog.tsx';
import { KeysOf } from './CommandPalette.tsx';
import type { Command } from './commands.ts';

const listKeys = [
  { keys: ['ArrowDown', 'ArrowUp'], title: 'To the next or previous line' },
  { keys: ['Enter'], title: 'Open the settings of the step' },
  { keys: ['A'], title: 'Add a step after this one' },
  { keys: ['I'], title: 'Insert a step before this one' },
  { keys: ['alt+ArrowUp', 'alt+ArrowDown'], title: 'Move the step up or down' },
  { keys: ['C'], title: 'Connect the step' },
  { keys: ['M'], title: 'Everything that can be done with the step' },
] as const;

/** Every keyboard shortcut of the builder. */
export function ShortcutsDialog({ commands, onClose }: { commands: Command[]; onClose: () => void }) {
  const known = commands.filter(({ keys, id }) => keys.length > 0 && !/Arrow(Down|Left|Right)/.test(id));
  const groups = Map.groupBy(known, ({ group }) => group);
  return (
    <Dialog onClose={onClose} title="Keyboard shortcuts" size="lg">
      {[...groups].map(([group, each]) => (
        <Keys key={group} title={group} rows={each} />
      ))}
      <Keys title="In the list" rows={listKeys} />
    </Dialog>
  );
}

interface KeysProps {
  title: string;
  rows: readonly { title: string; keys: readonly string[] }[];
}

function Keys({ title, rows }: KeysProps) {
  return (
    <section aria-label={title}>
      <Title order={3} size="sm" mt="md" mb={4}>
        {title}
      </Title>
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.title}>
              <Table.Td>{row.title}</Table.Td>
              <Table.Td ta="right">
                {row.keys.map((keys) => (
                  <span key={keys} style={{ marginLeft: 10, whiteSpace: 'nowrap' }}>
                    <KeysOf combination={keys} />
                  </span>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
