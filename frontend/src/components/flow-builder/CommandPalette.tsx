import { Kbd, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Dialog } from '../common/Dialog.tsx';
import { keyWords, type Command } from './commands.ts';
import styles from './FlowBuilder.module.css';
import { searchByWords } from './searchByWords.ts';
import { moveFocus } from './StepChooser.tsx';

export interface PaletteEntry {
  id: string;
  group: string;
  title: string;
  /** Words that it is also found by. */
  hint: string;
  keys: readonly string[];
  run: () => void;
}

/** A command as an entry of the palette. */
export function entryOf({ id, group, title, keys, run }: Command): PaletteEntry {
  return { id, group, title, hint: '', keys, run };
}

/** Finds anything that can be done in the builder by its name. */
export function CommandPalette({ entries, onClose }: { entries: PaletteEntry[]; onClose: () => void }) {
  const [search, setSearch] = useState('');
  const found = searchByWords(entries, search, ({ group, title, hint }) => `${group} ${title} ${hint}`).slice(
    0,
    60,
  );
  const groups = Map.groupBy(found, ({ group }) => group);
  const take = (entry: PaletteEntry) => {
    onClose();
    // Once the dialog has given the focus back.
    setTimeout(entry.run);
  };
  return (
    <Dialog onClose={onClose} title="What do you want to do?" size="md" yOffset="12dvh" centered={false}>
      <div onKeyDown={moveFocus}>
        <TextInput
          // At once: who types on must not type elsewhere.
          autoFocus
          data-autofocus
          aria-label="Search the commands"
          placeholder="Add a step, go to a step, publish, tidy up …"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            const [first] = found;
            if (event.key === 'Enter' && first) take(first);
          }}
        />
        <div className={styles.chooser}>
          {[...groups].map(([group, each]) => (
            <div key={group} role="group" aria-label={group}>
              <h3>{group}</h3>
              {each.map((entry) => (
                <button key={entry.id} type="button" onClick={() => take(entry)}>
                  <span>{entry.title}</span>
                  <span className={styles.keys}>
                    {entry.keys.slice(0, 1).map((keys) => (
                      <KeysOf key={keys} combination={keys} />
                    ))}
                  </span>
                </button>
              ))}
            </div>
          ))}
          {found.length === 0 ? (
            <Text size="sm" c="dimmed" p="sm">
              Nothing of that name. Customers are found by the search at the top.
            </Text>
          ) : null}
        </div>
      </div>
    </Dialog>
  );
}

/** A key combination as it stands on the keys. */
export function KeysOf({ combination }: { combination: string }) {
  return keyWords(combination).map((part) => (
    <Kbd key={part} size="xs" mr={3}>
      {part}
    </Kbd>
  ));
}
