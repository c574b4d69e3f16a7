import { Button } from '@mantine/core';
import { IconCornerDownRight, IconPlus } from '@tabler/icons-react';
import { useEffect, useEffectEvent, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import { listSteps, type StepRow } from '../editor/orderSteps.ts';
import type { NodeView } from '../nodeView.ts';
import { ListDialogs, type ListDialog } from './ListDialogs.tsx';
import type { ListActs } from './listActs.ts';
import styles from './ListView.module.css';
import { StepLine } from './StepLine.tsx';

interface ListViewProps {
  graph: DraftGraph;
  views: readonly NodeView[];
  selected: ReadonlySet<string>;
  onSelect: (nodeId: string) => void;
  /** Goes to the step's settings. */
  onOpen: (nodeId: string) => void;
  /** Absent where a flow is only looked at. */
  acts?: ListActs;
}

/** The flow as a list that is edited by keyboard alone: the same steps as on the canvas, each way under its step. */
export function ListView({ graph, views, selected, onSelect, onOpen, acts }: ListViewProps) {
  const rows = useMemo(() => listSteps(graph), [graph]);
  const byId = useMemo(() => new Map(views.map((view) => [view.nodeId, view])), [views]);
  const list = useRef<HTMLOListElement>(null);
  const [active, setActive] = useState<string | null>(null);
  const [dialog, setDialog] = useState<ListDialog | null>(null);
  const [only] = selected;
  const steps = rows.flatMap((row) => (row.kind === 'step' ? [row.node.id] : []));
  const activeId = steps.find((id) => id === active) ?? steps.find((id) => id === only) ?? steps[0];

  const focusLine = (nodeId: string | undefined) => {
    if (nodeId === undefined) return;
    setActive(nodeId);
    list.current?.querySelector<HTMLElement>(`[data-step-line="${CSS.escape(nodeId)}"]`)?.focus();
  };
  // The line follows the step: one that was added, moved or brought back has the focus where the list had it.
  const wasInside = useRef(false);
  const follow = useEffectEvent((nodeId: string | undefined, asked: ListDialog | null, shown: DraftGraph) => {
    if (!wasInside.current || asked) return;
    focusLine(shown.nodes.some(({ id }) => id === nodeId) ? nodeId : activeId);
  });
  useEffect(() => follow(only, dialog, graph), [only, graph, dialog]);

  const move = (nodeId: string, to: 'up' | 'down') => acts?.move(nodeId, to);
  const onKey = (event: KeyboardEvent, nodeId: string) => {
    if (event.ctrlKey || event.metaKey) return;
    const at = steps.indexOf(nodeId);
    const handlers: Record<string, (() => void) | undefined> = {
      ArrowDown: () => (event.altKey ? move(nodeId, 'down') : focusLine(steps[at + 1])),
      ArrowUp: () => (event.altKey ? move(nodeId, 'up') : focusLine(steps[at - 1])),
      Home: () => focusLine(steps[0]),
      End: () => focusLine(steps.at(-1)),
      Enter: () => onOpen(nodeId),
      ...(acts
        ? {
            a: () => setDialog({ kind: 'add', nodeId }),
            i: () => setDialog({ kind: 'insert', nodeId }),
            c: () => setDialog({ kind: 'connect', nodeId }),
            m: () => setDialog({ kind: 'menu', nodeId }),
            Delete: () => {
              wasInside.current = true;
              setActive(steps[at + 1] ?? steps[at - 1] ?? null);
              acts.remove(nodeId);
            },
          }
        : {}),
    };
    const handle = handlers[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!handle) return;
    event.preventDefault();
    event.stopPropagation();
    handle();
  };
  const line = (row: StepRow & { kind: 'step' }, number: number) => {
    const view = byId.get(row.node.id);
    if (!view) return null;
    return (
      <StepLine
        view={view}
        number={number}
        isActive={row.node.id === activeId}
        isSelected={selected.has(row.node.id)}
        onFocus={() => setActive(row.node.id)}
        onSelect={() => onSelect(row.node.id)}
        onKeyDown={(event) => onKey(event, row.node.id)}
        {...(acts
          ? {
              onAdd: () => setDialog({ kind: 'add', nodeId: row.node.id }),
              onMenu: () => setDialog({ kind: 'menu', nodeId: row.node.id }),
            }
          : {})}
      />
    );
  };
  return (
    <>
      <ol
        ref={list}
        className={styles.list}
        aria-label="Steps of the flow"
        onFocus={() => {
          wasInside.current = true;
        }}
        onBlur={(event) => {
          if (event.relatedTarget !== null)
            wasInside.current = event.currentTarget.contains(event.relatedTarget);
        }}
      >
        {rows.map((row) => (
          <li key={row.key} style={{ paddingInlineStart: Math.min(row.depth, 10) * 14 }} data-kind={row.kind}>
            {row.kind === 'step' ? line(row, steps.indexOf(row.node.id) + 1) : null}
            {row.kind === 'way' ? (
              <span className={styles.way}>
                <strong>{row.title}</strong>
                {row.isFree && acts ? (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    leftSection={<IconPlus size={13} aria-hidden />}
                    aria-label={`Add a step for ${row.title} of ${byId.get(row.from.nodeId)?.title ?? 'the step'}`}
                    onClick={() => setDialog({ kind: 'addAt', nodeId: row.from.nodeId, from: row.from })}
                  >
                    Add a step
                  </Button>
                ) : null}
                {row.isFree && !acts ? <span>the flow ends</span> : null}
              </span>
            ) : null}
            {row.kind === 'joins' ? (
              <button type="button" className={styles.joins} onClick={() => focusLine(row.targetId)}>
                <IconCornerDownRight size={15} aria-hidden />
                goes on at {steps.indexOf(row.targetId) + 1}. {byId.get(row.targetId)?.title}
              </button>
            ) : null}
          </li>
        ))}
      </ol>
      {dialog && acts ? (
        <ListDialogs
          dialog={dialog}
          graph={graph}
          titleOf={(nodeId) => byId.get(nodeId)?.title ?? ''}
          acts={acts}
          onOpen={onOpen}
          onSwitch={setDialog}
          onClose={() => {
            wasInside.current = true;
            setDialog(null);
          }}
        />
      ) : null}
    </>
  );
}
