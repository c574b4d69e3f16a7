import type { ReactNode } from 'react';
import type { NodeProps } from 'reactflow';
import { findAction, useBuilder } from '../BuilderContext.ts';
import type { BuilderNode } from '../builderGraph.ts';
import { nodeKinds } from '../nodeKinds.ts';
import { NodeShell } from './NodeShell.tsx';

const { icon: PlainIcon } = nodeKinds.action;

interface ActionNodeProps extends Pick<NodeProps<BuilderNode>, 'id' | 'data' | 'selected'> {
  brand?: 'servicetitan';
  icon?: ReactNode;
  footer?: ReactNode;
}

/** Draws any action from its definition. */
export function ActionNode({ id, data, selected, brand, icon, footer }: ActionNodeProps) {
  const { integrations } = useBuilder();
  const found = findAction(integrations, data.values.actionId);
  return (
    <NodeShell
      id={id}
      type="action"
      title={found?.action.title ?? 'Unknown action'}
      summary={found?.action.description ?? 'This action is not offered any more. Remove the step.'}
      icon={icon ?? <PlainIcon size={18} stroke={1.7} aria-hidden />}
      selected={selected}
      brand={brand}
      footer={footer}
    />
  );
}
