import { useBuilder } from './BuilderContext.ts';
import { paletteMimeType } from './FlowCanvas.tsx';
import styles from './FlowBuilder.module.css';
import type { PaletteItem } from './paletteItems.ts';

/** What can be added: by a click, after the selected step, or by dragging onto the canvas. */
export function Palette({ onAdd }: { onAdd: (item: PaletteItem) => void }) {
  const { paletteItems } = useBuilder();
  const groups = Map.groupBy(paletteItems, ({ group }) => group);
  return (
    <aside className={styles.palette} aria-label="Steps to add">
      {[...groups].map(([group, items]) => (
        <section key={group} aria-label={group}>
          <h2>{group}</h2>
          <ul>
            {items.map((item) => (
              <li key={item.key}>
                <button
                  type="button"
                  draggable
                  title={item.description}
                  onClick={() => onAdd(item)}
                  onDragStart={(event) => {
                    event.dataTransfer.setData(paletteMimeType, item.key);
                    event.dataTransfer.effectAllowed = 'move';
                  }}
                >
                  <item.icon size={16} stroke={1.7} aria-hidden />
                  <span>{item.title}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </aside>
  );
}
