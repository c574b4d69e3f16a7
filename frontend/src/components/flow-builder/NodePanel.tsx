import { Button, Group, Switch, Text, TextInput } from '@mantine/core';
import { IconCopyPlus, IconTrash } from '@tabler/icons-react';
import { useEffect, useEffectEvent, useMemo, useRef, type ReactNode } from 'react';
import { z } from 'zod';
import { nodeDefinitions, type FlowProblem, type NodeType } from '#backend/schemas/flow.ts';
import type { Catalogue } from './catalogue.ts';
import type { DraftNode, NodeValues } from './editor/flowDocument.ts';
import { fieldErrors } from './fieldErrors.ts';
import { SchemaForm } from './SchemaForm.tsx';

interface NodePanelProps {
  node: DraftNode;
  catalogue: Catalogue;
  problems: readonly FlowProblem[];
  readOnly: boolean;
  /** The field to go to; a new object each time that it is asked for. */
  goTo: { field: string | null } | null;
  onChange: (field: string, values: NodeValues) => void;
  onTitle: (title: string) => void;
  onSwitch: (disabled: boolean) => void;
  onDuplicate: () => void;
  onRemove: () => void;
  onBlur: () => void;
  /** The field that was asked for has the focus: it is not gone to again. */
  onArrived: () => void;
  children?: ReactNode;
}

function isValues(value: unknown): value is NodeValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const schemas = new Map<NodeType, unknown>();
function schemaOf(type: NodeType): unknown {
  const known = schemas.get(type);
  if (known !== undefined) return known;
  const made = z.toJSONSchema(nodeDefinitions[type].data, { io: 'input' });
  schemas.set(type, made);
  return made;
}

/** The settings of the selected step, as a form drawn from its schema. */
export function NodePanel(props: NodePanelProps) {
  const { node, catalogue, problems, readOnly, goTo } = props;
  const { type, data, title = '', disabled = false } = node;
  const action = type === 'action' ? catalogue.findAction(data['actionId'])?.action : undefined;
  const known = action ?? nodeDefinitions[type];
  const form = useRef<HTMLDivElement>(null);
  const general = problems.filter(({ field }) => field === null);
  const errors = useMemo(() => fieldErrors(problems), [problems]);
  const arrive = useEffectEvent(() => props.onArrived());
  useEffect(() => {
    if (!goTo || !form.current) return;
    arrive();
    const name = goTo.field === null ? null : (goTo.field.replace(/^input\./, '').split('.')[0] ?? null);
    const place =
      name === null ? form.current : form.current.querySelector(`[data-field="${CSS.escape(name)}"]`);
    const stop = (place ?? form.current).querySelector<HTMLElement>('input, textarea, select, button');
    stop?.focus();
    stop?.scrollIntoView({ block: 'center' });
  }, [goTo]);
  return (
    <div ref={form} onBlur={props.onBlur} style={{ display: 'contents' }}>
      <Text size="sm" c="dimmed">
        {known.description}
      </Text>
      {general.map(({ message, severity }) => (
        <Text key={message} size="sm" c={severity === 'advice' ? 'dimmed' : 'var(--chou-bad)'}>
          {message}
        </Text>
      ))}
      {type === 'action' ? (
        action ? (
          <SchemaForm
            schema={action.inputSchema}
            values={isValues(data['input']) ? data['input'] : {}}
            onChange={(field, input) => props.onChange(field, { ...data, input })}
            errors={errors}
            templates
            readOnly={readOnly}
          />
        ) : (
          <Text size="sm">This action is not offered any more. Remove the step, or switch it off.</Text>
        )
      ) : (
        <SchemaForm
          schema={schemaOf(type)}
          values={data}
          onChange={props.onChange}
          errors={errors}
          readOnly={readOnly}
        />
      )}
      {props.children}
      <TextInput
        label="Name of the step"
        description="Shown on the canvas and in runs."
        placeholder={known.title}
        value={title}
        maxLength={80}
        disabled={readOnly}
        onChange={(event) => props.onTitle(event.currentTarget.value)}
      />
      {readOnly || type === 'trigger' ? null : (
        <>
          <Switch
            label="Switched off"
            description="People pass it by."
            checked={disabled}
            onChange={(event) => props.onSwitch(event.currentTarget.checked)}
          />
          <Group gap="sm">
            <Button
              variant="default"
              size="xs"
              leftSection={<IconCopyPlus size={15} aria-hidden />}
              onClick={props.onDuplicate}
            >
              Duplicate
            </Button>
            <Button
              variant="subtle"
              color="red"
              size="xs"
              leftSection={<IconTrash size={15} aria-hidden />}
              onClick={props.onRemove}
            >
              Remove this step
            </Button>
          </Group>
        </>
      )}
    </div>
  );
}
