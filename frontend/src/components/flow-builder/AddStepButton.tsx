import { ActionIcon, Popover } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { StepChooser } from './StepChooser.tsx';
import type { PaletteItem } from './paletteItems.ts';

/** The + where a step can be put in. What it opens is made when it is opened: a canvas has hundreds of these. */
export function AddStepButton({ label, onAdd }: { label: string; onAdd: (item: PaletteItem) => void }) {
  const [opened, { open, close }] = useDisclosure();
  const place = useRef<HTMLButtonElement>(null);
  const wasOpened = useRef(false);
  // The button is made anew when what it opened goes: it has the focus again all the same.
  useEffect(() => {
    if (wasOpened.current && !opened) place.current?.focus({ preventScroll: true });
    wasOpened.current = opened;
  }, [opened]);
  const button = (
    <ActionIcon
      ref={place}
      size={20}
      radius="xl"
      variant="default"
      aria-label={label}
      aria-haspopup="dialog"
      aria-expanded={opened}
      onClick={opened ? close : open}
    >
      <IconPlus size={13} aria-hidden />
    </ActionIcon>
  );
  if (!opened) return button;
  return (
    <Popover
      opened
      onChange={close}
      width={300}
      position="bottom"
      trapFocus
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>{button}</Popover.Target>
      <Popover.Dropdown p="xs" aria-label={label}>
        <StepChooser
          onChoose={(item) => {
            close();
            onAdd(item);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
