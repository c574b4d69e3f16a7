import { Select } from '@mantine/core';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import { edgeFrom, outputsOf, whyNotConnect, type DraftNode, type OutputRef } from './editor/flowDocument.ts';
import { orderNodes } from './editor/orderSteps.ts';
import styles from './forms/forms.module.css';

interface WaysFieldsProps {
  graph: DraftGraph;
  node: DraftNode;
  titleOf: (nodeId: string) => string;
  readOnly: boolean;
  /** null: the way leads nowhere. */
  onConnect: (from: OutputRef, target: string | null) => void;
}

const nowhere = '';

/** Where each way out of a step leads, as a choice of steps. */
export function WaysFields({ graph, node, titleOf, readOnly, onConnect }: WaysFieldsProps) {
  const outputs = outputsOf(node);
  if (outputs.length === 0) return null;
  const order = orderNodes(graph);
  return (
    <fieldset className={styles.fieldset} disabled={readOnly}>
      <legend>What comes next</legend>
      {outputs.map(({ id, title }) => {
        const from = { nodeId: node.id, output: id };
        const target = edgeFrom(graph, from)?.target ?? nowhere;
        const choices = order
          .filter((each) => each.id === target || whyNotConnect(graph, from, each.id) === null)
          .map((each) => ({ value: each.id, label: `${order.indexOf(each) + 1}. ${titleOf(each.id)}` }));
        return (
          <Select
            key={id ?? 'out'}
            size="xs"
            label={title || undefined}
            aria-label={title ? `${title} leads to` : 'The next step'}
            data={[{ value: nowhere, label: 'Nothing: the flow ends there' }, ...choices]}
            value={target}
            onChange={(chosen) => onConnect(from, chosen === null || chosen === nowhere ? null : chosen)}
            searchable
            allowDeselect={false}
          />
        );
      })}
    </fieldset>
  );
}
