import { Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState, type KeyboardEvent } from 'react';
import { useCanvasHands } from './BuilderContext.ts';
import styles from './FlowBuilder.module.css';
import { NodeIcon } from './NodeIcon.tsx';
import { searchPalette, type PaletteItem } from './paletteItems.ts';

/** Finds a step to add by words; arrow keys go along what was found, Enter takes it. */
export function StepChooser({ onChoose }: { onChoose: (item: PaletteItem) => void }) {
  const { paletteItems = [] } = useCanvasHands() ?? {};
  const [search, setSearch] = useState('');
  const found = searchPalette(paletteItems, search);
  const groups = Map.groupBy(found, ({ group }) => group);
  return (
    <div onKeyDown={moveFocus}>
      <TextInput
        // At once: who types on must not type elsewhere.
        autoFocus
        data-autofocus
        size="xs"
        aria-label="Search the steps"
        placeholder="Search the steps"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          const [first] = found;
          if (event.key !== 'Enter' || !first) return;
          event.preventDefault();
          onChoose(first);
        }}
      />
      <div className={styles.chooser}>
        {[...groups].map(([group, items]) => (
          <div key={group} role="group" aria-label={group}>
            <h3>{group}</h3>
            {items.map((item) => {
              return (
                <button key={item.key} type="button" onClick={() => onChoose(item)}>
                  <NodeIcon type={item.type} brand={item.brand} size={16} />
                  <span>
                    {item.title}
                    <small>{item.description}</small>
                  </span>
                </button>
              );
            })}
          </div>
        ))}
        {found.length === 0 ? (
          <Text size="sm" c="dimmed" p="sm">
            No step of that name.
          </Text>
        ) : null}
      </div>
    </div>
  );
}

/** Up and down go from one button to the next, and back to the search. */
export function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('input, button')];
  const at = stops.findIndex((stop) => stop === document.activeElement);
  const next = stops[at + (event.key === 'ArrowDown' ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
