import { useEffect, useEffectEvent } from 'react';
import { useReactFlow } from 'reactflow';
import { isPressed, type Command } from './commands.ts';
import { gridSize } from './editor/flowDocument.ts';
import { isTyping } from './isTyping.ts';
import type { FlowClipboard } from './useClipboard.ts';
import type { FlowEditor } from './useFlowEditor.ts';

interface CommandsQuestion {
  editor: FlowEditor;
  clipboard: FlowClipboard;
  canEdit: boolean;
  view: 'canvas' | 'list';
  open: {
    palette: () => void;
    shortcuts: () => void;
    publish: () => void;
    view: (view: 'canvas' | 'list') => void;
    panel: (panel: string) => void;
    settings: (nodeId: string) => void;
  };
  addNote: () => void;
  saveNow: () => void;
}

const arrows = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] } as const;

/** Everything that the builder can do by name or by keys. */
export function useCommands(question: CommandsQuestion): Command[] {
  const { editor, clipboard, canEdit, view, open, addNote, saveNow } = question;
  const { state, dispatch } = editor;
  const { fitView } = useReactFlow();
  const { graph } = state.document;
  const nodes = graph.nodes.filter(({ id }) => state.selected.has(id));

  const looking: Command[] = [
    {
      id: 'palette',
      group: 'View',
      title: 'Find a command',
      keys: ['mod+K'],
      run: open.palette,
      isEverywhere: true,
      isKeysOnly: true,
    },
    { id: 'shortcuts', group: 'View', title: 'Keyboard shortcuts', keys: ['?'], run: open.shortcuts },
    {
      id: 'view',
      group: 'View',
      title: view === 'list' ? 'Show as a canvas' : 'Show as a list',
      keys: [],
      run: () => open.view(view === 'list' ? 'canvas' : 'list'),
    },
    {
      id: 'fit',
      group: 'View',
      title: 'Show the whole flow',
      keys: ['F'],
      run: () => void fitView({ padding: 0.12, maxZoom: 1 }),
    },
    { id: 'test', group: 'Flow', title: 'Test the flow', keys: [], run: () => open.panel('test') },
    {
      id: 'versions',
      group: 'Flow',
      title: 'Versions and checkpoints',
      keys: [],
      run: () => open.panel('versions'),
    },
    {
      id: 'rules',
      group: 'Flow',
      title: 'Who enters, and who leaves',
      keys: [],
      run: () => open.panel('rules'),
    },
    { id: 'copy', group: 'Edit', title: 'Copy', keys: ['mod+C'], run: clipboard.copy, isNative: true },
    {
      id: 'all',
      group: 'Edit',
      title: 'Select everything',
      keys: ['mod+A'],
      run: () => dispatch({ type: 'selected', ids: [...graph.nodes, ...graph.notes].map(({ id }) => id) }),
    },
    {
      id: 'none',
      group: 'Edit',
      title: 'Select nothing',
      keys: ['Escape'],
      run: () => dispatch({ type: 'selected', ids: [] }),
    },
    {
      id: 'settings',
      group: 'Edit',
      title: 'Open the settings of the step',
      keys: ['Enter'],
      isKeysOnly: true,
      run: () => {
        const focused = document.activeElement?.closest<HTMLElement>('.react-flow__node')?.dataset['id'];
        const nodeId = focused ?? nodes[0]?.id;
        if (nodeId !== undefined) open.settings(nodeId);
      },
    },
  ];
  if (!canEdit) return looking;

  const nudge = (key: keyof typeof arrows, distance: number) => () => {
    const [x, y] = arrows[key];
    const chosen = [...graph.nodes, ...graph.notes].filter(({ id }) => state.selected.has(id));
    const places = Object.fromEntries(
      chosen.map(({ id, position }) => [id, { x: position.x + x * distance, y: position.y + y * distance }]),
    );
    dispatch({ type: 'moved', places });
  };
  const moves = (['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'] as const).flatMap((key): Command[] => [
    {
      id: key,
      group: 'Edit',
      title: 'Move what is selected',
      keys: [key],
      run: nudge(key, gridSize),
      isKeysOnly: true,
    },
    {
      id: `far${key}`,
      group: 'Edit',
      title: 'Move it further',
      keys: [`shift+${key}`],
      run: nudge(key, gridSize * 10),
      isKeysOnly: true,
    },
  ]);
  const tidy = () => {
    dispatch({ type: 'tidied' });
    // Once the steps stand where they were put.
    setTimeout(() => void fitView({ padding: 0.12, maxZoom: 1, minZoom: 0.4 }), 50);
  };
  const removable = new Set(nodes.filter(({ type }) => type !== 'trigger').map(({ id }) => id));
  const isAllOff = nodes.length > 0 && nodes.every(({ disabled }) => disabled);
  const editing: Command[] = [
    { id: 'undo', group: 'Edit', title: 'Undo', keys: ['mod+Z'], run: () => dispatch({ type: 'undone' }) },
    {
      id: 'redo',
      group: 'Edit',
      title: 'Redo',
      keys: ['mod+shift+Z', 'mod+Y'],
      run: () => dispatch({ type: 'redone' }),
    },
    { id: 'cut', group: 'Edit', title: 'Cut', keys: ['mod+X'], run: clipboard.cut, isNative: true },
    {
      id: 'paste',
      group: 'Edit',
      title: 'Paste',
      keys: ['mod+V'],
      run: () => void clipboard.paste(),
      isNative: true,
    },
    { id: 'duplicate', group: 'Edit', title: 'Duplicate', keys: ['mod+D'], run: () => clipboard.duplicate() },
    {
      id: 'remove',
      group: 'Edit',
      title: 'Remove',
      keys: ['Delete', 'Backspace'],
      run: () => {
        const kept = new Set(graph.nodes.map(({ id }) => id));
        const ids = [...state.selected].filter((id) => removable.has(id) || !kept.has(id));
        dispatch({ type: 'removed', ids, edgeIds: ids });
      },
    },
    {
      id: 'disable',
      group: 'Edit',
      title: isAllOff ? 'Switch the steps on' : 'Switch the steps off',
      keys: ['mod+E'],
      run: () => dispatch({ type: 'switched', nodeIds: [...removable], disabled: !isAllOff }),
    },
    { id: 'note', group: 'Edit', title: 'Add a note', keys: [], run: addNote },
    { id: 'tidy', group: 'View', title: 'Tidy up', keys: ['mod+shift+L'], run: tidy },
    { id: 'save', group: 'Flow', title: 'Save now', keys: ['mod+S'], run: saveNow, isEverywhere: true },
    { id: 'publish', group: 'Flow', title: 'Publish', keys: [], run: open.publish },
  ];
  return [...editing, ...looking, ...(view === 'canvas' ? moves : [])];
}

/** Listens to the keys of the commands, before the application's own search takes Ctrl+K. */
export function useCommandKeys(commands: readonly Command[], hasSelection: boolean): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    const pressed = commands.find(
      ({ keys, isNative }) => !isNative && keys.some((combination) => isPressed(combination, event)),
    );
    if (!pressed || (isTyping(event.target) && !pressed.isEverywhere)) return;
    if (pressed.isEverywhere && document.querySelector('[role="dialog"][aria-modal="true"]')) return;
    const isOwnKey = event.target instanceof HTMLElement && event.target.matches('button, a, summary');
    if (isOwnKey && event.key === 'Enter') return;
    const isChoosing = event.target instanceof HTMLInputElement;
    if (event.key.startsWith('Arrow') && (!hasSelection || isChoosing)) return;
    event.preventDefault();
    event.stopPropagation();
    pressed.run();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    // Ctrl+K and Ctrl+S have to be caught on the way down; all else after the focused element had its say.
    const early = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey) onKey(event);
    };
    window.addEventListener('keydown', early, { capture: true });
    window.addEventListener('keydown', listen);
    return () => {
      window.removeEventListener('keydown', early, { capture: true });
      window.removeEventListener('keydown', listen);
    };
  }, []);
}
