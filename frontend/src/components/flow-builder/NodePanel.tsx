import { Button, CloseButton, Text, Title } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { z } from 'zod';
import { nodeDataSchemas, type FlowProblem } from '#backend/schemas/flow.ts';
import { findAction, useBuilder } from './BuilderContext.ts';
import type { BuilderNode, NodeValues } from './builderGraph.ts';
import styles from './FlowBuilder.module.css';
import { nodeKinds } from './nodeKinds.ts';
import { choiceNames } from './nodeSummary.ts';
import { SchemaForm } from './SchemaForm.tsx';

interface NodePanelProps {
  node: BuilderNode;
  problems: FlowProblem[];
  readOnly: boolean;
  onChange: (field: string, values: NodeValues) => void;
  onRemove: () => void;
  onClose: () => void;
}

function isValues(value: unknown): value is NodeValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The settings of the selected step, as a form drawn from its schema. */
export function NodePanel({ node, problems, readOnly, onChange, onRemove, onClose }: NodePanelProps) {
  const { integrations } = useBuilder();
  const { type, values } = node.data;
  const action = type === 'action' ? findAction(integrations, values.actionId)?.action : undefined;
  const { title, description } = action ?? nodeKinds[type];
  const errors = Object.fromEntries(
    problems.flatMap(({ field, message }) => (field ? [[field.split('.').at(-1) ?? field, message]] : [])),
  );
  const general = problems.filter(({ field }) => field === null);
  return (
    <aside className={styles.panel} aria-label={`Settings of ${title}`}>
      <header className={styles.panelHead}>
        <Title order={2} size="md">
          {title}
        </Title>
        <CloseButton aria-label="Close the settings" onClick={onClose} />
      </header>
      <Text size="sm" c="dimmed">
        {description}
      </Text>
      {general.map(({ message }) => (
        <Text key={message} size="sm" c="var(--chou-bad)">
          {message}
        </Text>
      ))}
      {type === 'action' ? (
        action ? (
          <SchemaForm
            schema={action.inputSchema}
            values={isValues(values.input) ? values.input : {}}
            onChange={(field, input) => onChange(field, { ...values, input })}
            errors={errors}
            templates
            readOnly={readOnly}
          />
        ) : null
      ) : (
        <SchemaForm
          schema={z.toJSONSchema(nodeDataSchemas[type])}
          values={values}
          onChange={onChange}
          errors={errors}
          choiceNames={(field) => choiceNames[`${type}.${field}`]}
          readOnly={readOnly}
        />
      )}
      {readOnly || type === 'trigger' ? null : (
        <Button
          variant="subtle"
          color="red"
          size="xs"
          leftSection={<IconTrash size={15} />}
          onClick={onRemove}
          style={{ alignSelf: 'start' }}
        >
          Remove this step
        </Button>
      )}
    </aside>
  );
}
