import { CloseButton, SegmentedControl, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './FlowBuilder.module.css';

const panels = ['overview', 'rules', 'versions', 'test'] as const;
export type Panel = (typeof panels)[number];
const titles = {
  overview: 'Overview',
  rules: 'Rules',
  versions: 'Versions',
  test: 'Test',
} as const satisfies Record<Panel, string>;

/** The panels that somebody is offered: trying out composes e-mails, which is nothing for those who only look. */
function panelsFor(canEdit: boolean): readonly Panel[] {
  return panels.filter((panel) => canEdit || panel !== 'test');
}

export function readPanel(value: string, canEdit: boolean): Panel {
  return panelsFor(canEdit).find((panel) => panel === value) ?? 'overview';
}

interface SidePanelProps {
  panel: Panel;
  onPanel: (panel: Panel) => void;
  canEdit: boolean;
  /** What is selected on the canvas stands above everything else. */
  selection: { title: string; onClose: () => void } | null;
  children: ReactNode;
}

/** What stands beside the canvas: the selected step, else the flow as a whole. */
export function SidePanel({ panel, onPanel, canEdit, selection, children }: SidePanelProps) {
  return (
    <aside className={styles.panel} aria-label={selection ? `Settings of ${selection.title}` : titles[panel]}>
      {selection ? (
        <header className={styles.panelHead}>
          <Title order={2} size="md">
            {selection.title}
          </Title>
          <CloseButton aria-label="Close the settings" onClick={selection.onClose} />
        </header>
      ) : (
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label="About the flow"
          data={panelsFor(canEdit).map((value) => ({ value, label: titles[value] }))}
          value={panel}
          onChange={(value) => onPanel(readPanel(value, canEdit))}
        />
      )}
      {children}
    </aside>
  );
}
