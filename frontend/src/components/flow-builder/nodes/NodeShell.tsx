import { IconAlertTriangle, IconUsers } from '@tabler/icons-react';
import { Handle, Position } from 'reactflow';
import type { ReactNode } from 'react';
import type { NodeType } from '#backend/schemas/flow.ts';
import { statusWords } from '../../common/StatusBadge.tsx';
import { AddStepButton } from '../AddStepButton.tsx';
import { useBuilder } from '../BuilderContext.ts';
import { outputsOf } from '../builderGraph.ts';
import styles from './nodes.module.css';

interface NodeShellProps {
  id: string;
  type: NodeType;
  title: string;
  summary: string;
  icon: ReactNode;
  selected: boolean;
  /** The brand that gives the node its colour. */
  brand?: 'servicetitan' | undefined;
  footer?: ReactNode;
}

/** What all nodes have in common: frame, handles, problems, people waiting. */
export function NodeShell({ id, type, title, summary, icon, selected, brand, footer }: NodeShellProps) {
  const { problems, waiting, steps, isFree, addAfter } = useBuilder();
  const problemCount = problems.get(id) ?? 0;
  const waitingCount = waiting[id] ?? 0;
  const step = steps.get(id);
  const outputs = outputsOf(type);
  return (
    <div
      className={styles.node}
      data-type={type}
      data-brand={brand}
      data-selected={selected}
      data-step={step}
    >
      {type === 'trigger' ? null : <Handle type="target" position={Position.Top} className={styles.handle} />}
      <span className={styles.icon}>{icon}</span>
      <div className={styles.words}>
        <div className={styles.title}>{title}</div>
        <div className={styles.summary}>{summary}</div>
        {footer}
      </div>
      {waitingCount > 0 ? (
        <span className={styles.waiting} title={`${waitingCount} waiting here`}>
          <IconUsers size={12} aria-hidden /> {waitingCount}
          <span className="visually-hidden"> waiting here</span>
        </span>
      ) : null}
      {problemCount > 0 ? (
        <span className={styles.problem} title={`${problemCount} to fix`}>
          <IconAlertTriangle size={14} aria-label={`${problemCount} to fix`} />
        </span>
      ) : null}
      {step ? <span className={styles.step}>{statusWords(step)}</span> : null}
      {outputs.map((output, index) => {
        const left = `${((index + 1) * 100) / (outputs.length + 1)}%`;
        return (
          <div key={output ?? 'out'}>
            <Handle
              type="source"
              position={Position.Bottom}
              id={output}
              className={styles.handle}
              style={{ left }}
              title="Drag to the step that comes next"
            />
            {output ? (
              <span className={styles.way} style={{ left }}>
                {output === 'yes' ? 'Yes' : 'No'}
              </span>
            ) : null}
            {addAfter && isFree({ nodeId: id, output }) ? (
              <AddStepButton after={{ nodeId: id, output }} left={left} />
            ) : null}
          </div>
        );
      })}
    </div>
  );
}
