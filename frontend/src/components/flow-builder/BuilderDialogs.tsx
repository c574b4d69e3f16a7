import type { FlowReply } from '#backend/schemas/api.ts';
import { CommandPalette, entryOf, type PaletteEntry } from './CommandPalette.tsx';
import { orderNodes } from './editor/orderSteps.ts';
import { PublishDialog } from './PublishDialog.tsx';
import { ShortcutsDialog } from './ShortcutsDialog.tsx';
import type { BuilderState } from './useBuilder.ts';

/** What the builder asks or tells above everything else. */
export function BuilderDialogs({ builder, flow }: { builder: BuilderState; flow: FlowReply }) {
  const { dialog, commands, editor } = builder;
  const close = () => builder.setDialog(null);
  switch (dialog) {
    case null:
      return null;
    case 'palette':
      return <CommandPalette entries={entriesOf(builder)} onClose={close} />;
    case 'shortcuts':
      return <ShortcutsDialog commands={commands} onClose={close} />;
    case 'publish':
      return (
        <PublishDialog
          flow={flow}
          flush={editor.saving.flush}
          titleOf={builder.titleOfNode}
          onProblem={builder.openProblem}
          onPublished={() => builder.select(null)}
          onClose={close}
        />
      );
  }
}

function entriesOf(builder: BuilderState): PaletteEntry[] {
  const { commands, hands, graph, titleOfNode, open, addFromPalette } = builder;
  const canAdd = commands.some(({ id }) => id === 'paste');
  const adding = hands.paletteItems.map((item): PaletteEntry => ({
    id: `add ${item.key}`,
    group: 'Add a step',
    title: item.title,
    hint: [item.group, item.description, ...item.keywords].join(' '),
    keys: [],
    run: () => addFromPalette(item),
  }));
  const going = orderNodes(graph).map((node, index): PaletteEntry => ({
    id: `go ${node.id}`,
    group: 'Go to a step',
    title: `${index + 1}. ${titleOfNode(node.id)}`,
    hint: node.type,
    keys: [],
    run: () => open.settings(node.id),
  }));
  return [
    ...commands.filter(({ isKeysOnly }) => !isKeysOnly).map(entryOf),
    ...(canAdd ? adding : []),
    ...going,
  ];
}
