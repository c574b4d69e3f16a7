import { ActionIcon } from '@mantine/core';
import { IconDots, IconPlus } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import { countOf, formatCount } from '../../../money.ts';
import { statusWords } from '../../common/StatusBadge.tsx';
import { NodeIcon } from '../NodeIcon.tsx';
import type { NodeView } from '../nodeView.ts';
import styles from './ListView.module.css';

interface StepLineProps {
  view: NodeView;
  number: number;
  /** The one line that Tab comes to. */
  isActive: boolean;
  isSelected: boolean;
  onFocus: () => void;
  onSelect: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onAdd?: () => void;
  onMenu?: () => void;
}

/** A step of the list. */
export function StepLine({ view, number, isActive, isSelected, onAdd, onMenu, ...on }: StepLineProps) {
  const tabIndex = isActive ? 0 : -1;
  return (
    <div className={styles.line} data-disabled={view.disabled} data-mark={view.mark}>
      <button
        type="button"
        className={styles.step}
        data-step-line={view.nodeId}
        data-brand={view.brand}
        tabIndex={tabIndex}
        aria-current={isSelected ? 'step' : undefined}
        onFocus={on.onFocus}
        onClick={on.onSelect}
        onKeyDown={on.onKeyDown}
      >
        <NodeIcon type={view.type} brand={view.brand} size={18} />
        <span className={styles.words}>
          <strong>
            {number}. {view.title}
          </strong>
          <span>{view.sentence ?? 'Not set up yet'}</span>
        </span>
        <span className={styles.tags}>
          {view.disabled ? <span>Off</span> : null}
          {view.errors > 0 ? <span data-tone="warn">{formatCount(view.errors)} to fix</span> : null}
          {view.advice > 0 ? <span>Advice</span> : null}
          {view.waiting > 0 ? <span data-tone="info">{formatCount(view.waiting)} waiting</span> : null}
          {view.step ? <span>{statusWords(view.step)}</span> : null}
          {view.passed ? <span>{countOf(view.passed, 'person', 'people')} passed</span> : null}
        </span>
      </button>
      {onAdd && view.outputs.length > 0 ? (
        <ActionIcon
          variant="subtle"
          color="gray"
          size={32}
          tabIndex={tabIndex}
          aria-label={`Add a step after ${view.title}`}
          onClick={onAdd}
        >
          <IconPlus size={16} />
        </ActionIcon>
      ) : null}
      {onMenu ? (
        <ActionIcon
          variant="subtle"
          color="gray"
          size={32}
          tabIndex={tabIndex}
          aria-label={`More for ${view.title}`}
          aria-haspopup="dialog"
          onClick={onMenu}
        >
          <IconDots size={16} />
        </ActionIcon>
      ) : null}
    </div>
  );
}
