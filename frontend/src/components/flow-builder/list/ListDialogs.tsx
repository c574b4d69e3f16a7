import { Button, Group, Modal, Select, Stack } from '@mantine/core';
import { useState } from 'react';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import { findNode, outputsOf, type OutputRef } from '../editor/flowDocument.ts';
import { moveStep } from '../editor/moveStep.ts';
import { orderNodes } from '../editor/orderSteps.ts';
import { moveFocus, StepChooser } from '../StepChooser.tsx';
import { WaysFields } from '../WaysFields.tsx';
import type { ListActs } from './listActs.ts';
import styles from './ListView.module.css';

export type ListDialog =
  | { kind: 'add' | 'insert' | 'connect' | 'menu' | 'move'; nodeId: string }
  | { kind: 'addAt'; nodeId: string; from: OutputRef };

interface ListDialogsProps {
  dialog: ListDialog;
  graph: DraftGraph;
  titleOf: (nodeId: string) => string;
  acts: ListActs;
  onOpen: (nodeId: string) => void;
  onSwitch: (dialog: ListDialog) => void;
  onClose: () => void;
}

/** What is asked before the list does something with a step. */
export function ListDialogs(props: ListDialogsProps) {
  const { dialog, titleOf, onClose } = props;
  const title = titleOf(dialog.nodeId);
  const titles = {
    add: `Add a step after ${title}`,
    addAt: `Add a step after ${title}`,
    insert: `Insert a step before ${title}`,
    connect: `Where ${title} leads to`,
    move: `Move ${title}`,
    menu: title,
  } as const;
  return (
    <Modal opened onClose={onClose} title={titles[dialog.kind]} size="sm" transitionProps={{ duration: 0 }}>
      <DialogBody {...props} />
    </Modal>
  );
}

function DialogBody(props: ListDialogsProps) {
  const { dialog, graph, titleOf, acts, onClose } = props;
  const node = findNode(graph, dialog.nodeId);
  if (!node) return null;
  switch (dialog.kind) {
    case 'add':
      return <AddAfter {...props} />;
    case 'addAt':
      return (
        <StepChooser
          onChoose={(item) => {
            onClose();
            acts.addAfter(dialog.from, item);
          }}
        />
      );
    case 'insert':
      return (
        <StepChooser
          onChoose={(item) => {
            onClose();
            acts.insertBefore(node.id, item);
          }}
        />
      );
    case 'connect':
      return (
        <Stack>
          <WaysFields graph={graph} node={node} titleOf={titleOf} readOnly={false} onConnect={acts.connect} />
          <Button onClick={onClose} style={{ alignSelf: 'end' }}>
            Done
          </Button>
        </Stack>
      );
    case 'move':
      return <MoveForm {...props} />;
    case 'menu':
      return <StepMenu {...props} />;
  }
}

/** A step with several ways out is asked by which the new one comes. */
function AddAfter({ dialog, graph, acts, onClose }: ListDialogsProps) {
  const node = findNode(graph, dialog.nodeId);
  const outputs = node ? outputsOf(node) : [];
  const [way, setWay] = useState(outputs[0]?.id ?? '');
  const output = outputs.find(({ id }) => (id ?? '') === way) ?? outputs[0];
  if (!output) return null;
  return (
    <Stack gap="sm">
      {outputs.length > 1 ? (
        <Select
          size="xs"
          label="By which way"
          data={outputs.map(({ id, title }) => ({ value: id ?? '', label: title }))}
          value={way}
          onChange={(chosen) => setWay(chosen ?? '')}
          allowDeselect={false}
        />
      ) : null}
      <StepChooser
        onChoose={(item) => {
          onClose();
          acts.addAfter({ nodeId: dialog.nodeId, output: output.id }, item);
        }}
      />
    </Stack>
  );
}

function MoveForm({ dialog, graph, titleOf, acts, onClose }: ListDialogsProps) {
  const places = orderNodes(graph).flatMap((node, index) =>
    outputsOf(node).flatMap(({ id, title }) => {
      const from = { nodeId: node.id, output: id };
      if (moveStep(graph, dialog.nodeId, from) === graph) return [];
      const way = title ? `: ${title}` : '';
      return [
        { value: `${node.id} ${id ?? ''}`, label: `After ${index + 1}. ${titleOf(node.id)}${way}`, from },
      ];
    }),
  );
  const [chosen, setChosen] = useState(places[0]?.value ?? null);
  return (
    <Stack>
      <Select
        label="To"
        data={places.map(({ value, label }) => ({ value, label }))}
        value={chosen}
        onChange={setChosen}
        searchable
        allowDeselect={false}
        nothingFoundMessage="It cannot stand anywhere else."
        data-autofocus
      />
      <Group justify="end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          disabled={chosen === null}
          onClick={() => {
            const place = places.find(({ value }) => value === chosen);
            onClose();
            if (place) acts.move(dialog.nodeId, place.from);
          }}
        >
          Move
        </Button>
      </Group>
    </Stack>
  );
}

function StepMenu({ dialog: { nodeId }, graph, acts, onOpen, onSwitch, onClose }: ListDialogsProps) {
  const node = findNode(graph, nodeId);
  const isTrigger = node?.type === 'trigger';
  const isOff = node?.disabled ?? false;
  const entries: { title: string; keys?: string; run: () => void; stays?: boolean }[] = [
    { title: 'Open its settings', keys: 'Enter', run: () => onOpen(nodeId) },
    { title: 'Add a step after it', keys: 'A', run: () => onSwitch({ kind: 'add', nodeId }), stays: true },
    {
      title: 'Choose where it leads to',
      keys: 'C',
      run: () => onSwitch({ kind: 'connect', nodeId }),
      stays: true,
    },
    ...(isTrigger
      ? []
      : [
          {
            title: 'Insert a step before it',
            keys: 'I',
            run: () => onSwitch({ kind: 'insert', nodeId }),
            stays: true,
          },
          { title: 'Move it up', keys: 'Alt ↑', run: () => acts.move(nodeId, 'up') },
          { title: 'Move it down', keys: 'Alt ↓', run: () => acts.move(nodeId, 'down') },
          { title: 'Move it to another place', run: () => onSwitch({ kind: 'move', nodeId }), stays: true },
          { title: 'Duplicate it', run: () => acts.duplicate(nodeId) },
          { title: isOff ? 'Switch it on' : 'Switch it off', run: () => acts.switchOff(nodeId, !isOff) },
          { title: 'Remove it', keys: 'Delete', run: () => acts.remove(nodeId) },
        ]),
  ];
  return (
    <div className={styles.menu} onKeyDown={moveFocus}>
      {entries.map(({ title, keys, run, stays = false }, index) => (
        <button
          key={title}
          type="button"
          data-autofocus={index === 0 || undefined}
          onClick={() => {
            if (!stays) onClose();
            run();
          }}
        >
          <span>{title}</span>
          {keys ? <small>{keys}</small> : null}
        </button>
      ))}
    </div>
  );
}
