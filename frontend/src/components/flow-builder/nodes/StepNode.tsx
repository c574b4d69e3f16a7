import { IconAlertTriangle, IconBulb, IconUsers } from '@tabler/icons-react';
import { memo } from 'react';
import { Handle, Position, type NodeProps } from 'reactflow';
import { formatCount } from '../../../money.ts';
import { statusWords } from '../../common/StatusBadge.tsx';
import { AddStepButton } from '../AddStepButton.tsx';
import { useCanvasHands } from '../BuilderContext.ts';
import type { StepNodeType } from '../canvasNodes.ts';
import { NodeIcon } from '../NodeIcon.tsx';
import type { NodeView } from '../nodeView.ts';
import { useIsNear } from '../useIsNear.ts';
import styles from './nodes.module.css';

const markWords = {
  added: 'New',
  removed: 'Removed',
  changed: 'Changed',
  passed: null,
  notTaken: 'Not taken',
  later: null,
} as const satisfies Record<NonNullable<NodeView['mark']>, string | null>;

/** Draws any step: what it is, what it will do, who is there, what is wrong with it. */
export const StepNode = memo(function StepNode({ data, selected }: NodeProps<StepNodeType>) {
  const { view } = data;
  return (
    <div
      className={styles.node}
      data-type={view.type}
      data-brand={view.brand}
      data-selected={selected}
      data-step={view.step}
      data-mark={view.mark}
      data-disabled={view.disabled}
    >
      {view.type === 'trigger' ? null : (
        <Handle type="target" position={Position.Top} className={styles.handle} />
      )}
      <span className={styles.icon}>
        <NodeIcon type={view.type} brand={view.brand} size={18} />
      </span>
      <div className={styles.words}>
        <div className={styles.title}>{view.title}</div>
        <div className={styles.summary}>{view.sentence ?? 'Not set up yet'}</div>
        {view.connection ? (
          <div className={styles.connection} data-ok={view.connection.isOk}>
            {view.connection.words}
          </div>
        ) : null}
      </div>
      <Badges view={view} />
      <Ways view={view} />
    </div>
  );
});

function Badges({ view }: { view: NodeView }) {
  const { waiting, passed, errors, advice, step, mark, disabled } = view;
  const words = mark ? markWords[mark] : null;
  return (
    <div className={styles.badges}>
      {disabled ? <span className={styles.badge}>Off</span> : null}
      {words ? (
        <span className={styles.badge} data-tone={mark}>
          {words}
        </span>
      ) : null}
      {passed ? (
        <span className={styles.badge} title={`${formatCount(passed)} passed`}>
          {formatCount(passed)} passed
        </span>
      ) : null}
      {waiting > 0 ? (
        <span className={styles.badge} data-tone="info" title={`${formatCount(waiting)} waiting here`}>
          <IconUsers size={12} aria-hidden /> {formatCount(waiting)}
          <span className="visually-hidden"> waiting here</span>
        </span>
      ) : null}
      {step ? (
        <span className={styles.badge} data-tone={step}>
          {statusWords(step)}
        </span>
      ) : null}
      {errors > 0 ? (
        <span className={styles.badge} data-tone="warn" title={`${errors} to fix`}>
          <IconAlertTriangle size={13} aria-hidden />
          <span className="visually-hidden">{errors} to fix</span>
        </span>
      ) : null}
      {advice > 0 ? (
        <span className={styles.badge} data-tone="advice" title="Advice">
          <IconBulb size={13} aria-hidden />
          <span className="visually-hidden">Advice</span>
        </span>
      ) : null}
    </div>
  );
}

function Ways({ view: { nodeId, outputs } }: { view: NodeView }) {
  const hands = useCanvasHands();
  const isNear = useIsNear();
  return outputs.map(({ id, title, isFree }, index) => {
    const left = `${((index + 1) * 100) / (outputs.length + 1)}%`;
    return (
      <div key={id ?? 'out'}>
        <Handle
          type="source"
          position={Position.Bottom}
          id={id}
          className={styles.handle}
          style={{ left }}
          {...(hands ? { title: 'Drag to the step that comes next' } : {})}
        />
        {title ? (
          <span className={styles.way} style={{ left }}>
            {title}
          </span>
        ) : null}
        {hands && isFree && isNear ? (
          <div className={`${styles.add} nodrag nopan`} style={{ left }}>
            <AddStepButton
              label={title ? `Add a step for ${title}` : 'Add the next step'}
              onAdd={(item) => hands.addAfter({ nodeId, output: id }, item)}
            />
          </div>
        ) : null}
      </div>
    );
  });
}
