import { IconTool } from '@tabler/icons-react';
import type { NodeProps } from 'reactflow';
import { useBuilder } from '../BuilderContext.ts';
import type { BuilderNode } from '../builderGraph.ts';
import { ActionNode } from './ActionNode.tsx';
import styles from './nodes.module.css';

/** An action of ServiceTitan: an action with its colour and the state of its connections. */
export function ServiceTitanNode({ id, data, selected }: NodeProps<BuilderNode>) {
  const { integrations } = useBuilder();
  const connections =
    integrations.find((integration) => integration.id === 'servicetitan')?.connections ?? [];
  const broken = connections.filter(({ status }) => status === 'error');
  return (
    <ActionNode
      id={id}
      data={data}
      selected={selected}
      brand="servicetitan"
      icon={<IconTool size={18} stroke={1.7} aria-hidden />}
      footer={
        <div className={styles.connection} data-ok={connections.length > 0 && broken.length === 0}>
          ServiceTitan · {connectionWords(connections.length, broken.length)}
        </div>
      }
    />
  );
}

function connectionWords(all: number, broken: number): string {
  if (all === 0) return 'not connected';
  return broken > 0 ? `${broken} of ${all} need attention` : 'connected';
}
