import { ActionIcon, Menu } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useBuilder } from './BuilderContext.ts';
import type { OutputOfNode } from './builderGraph.ts';
import styles from './nodes/nodes.module.css';

/** The + below a step that nothing follows yet. */
export function AddStepButton({ after, left }: { after: OutputOfNode; left: string }) {
  const { paletteItems, addAfter } = useBuilder();
  const label = after.output ? `Add a step for ${after.output}` : 'Add the next step';
  const groups = Map.groupBy(paletteItems, ({ group }) => group);
  return (
    <div className={`${styles.add} nodrag nopan`} style={{ left }}>
      <Menu width={250} position="bottom" withinPortal>
        <Menu.Target>
          <ActionIcon size={20} radius="xl" variant="default" aria-label={label}>
            <IconPlus size={13} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
          {[...groups].map(([group, items]) => (
            <div key={group}>
              <Menu.Label>{group}</Menu.Label>
              {items.map((item) => (
                <Menu.Item
                  key={item.key}
                  leftSection={<item.icon size={16} stroke={1.7} />}
                  onClick={() => addAfter?.(after, item)}
                >
                  {item.title}
                </Menu.Item>
              ))}
            </div>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
