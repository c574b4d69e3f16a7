import { Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useCanvasHands } from './BuilderContext.ts';
import { paletteMimeType } from './FlowCanvas.tsx';
import styles from './FlowBuilder.module.css';
import { NodeIcon } from './NodeIcon.tsx';
import { searchPalette, type PaletteItem } from './paletteItems.ts';

/** What can be added: by a click, after the selected step, or by dragging onto the canvas. */
export function Palette({ onAdd }: { onAdd: (item: PaletteItem) => void }) {
  const { paletteItems = [] } = useCanvasHands() ?? {};
  const [search, setSearch] = useState('');
  const found = searchPalette(paletteItems, search);
  const groups = Map.groupBy(found, ({ group }) => group);
  return (
    <aside className={styles.palette} aria-label="Steps to add">
      <TextInput
        size="xs"
        type="search"
        className={styles.search ?? ''}
        aria-label="Search the steps to add"
        placeholder="Search steps"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {[...groups].map(([group, items]) => (
        <section key={group} aria-label={group}>
          <h2>{group}</h2>
          <ul>
            {items.map((item) => {
              return (
                <li key={item.key}>
                  <button
                    type="button"
                    draggable
                    title={item.description}
                    data-brand={item.brand}
                    onClick={() => onAdd(item)}
                    onDragStart={(event) => {
                      event.dataTransfer.setData(paletteMimeType, item.key);
                      event.dataTransfer.effectAllowed = 'move';
                    }}
                  >
                    <NodeIcon type={item.type} brand={item.brand} size={16} />
                    <span>{item.title}</span>
                  </button>
                </li>
              );
            })}
          </ul>
        </section>
      ))}
      {found.length === 0 ? (
        <Text size="xs" c="dimmed" p="xs">
          No step of that name.
        </Text>
      ) : null}
    </aside>
  );
}
