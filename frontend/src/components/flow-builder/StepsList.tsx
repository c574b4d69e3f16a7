import { findAction, useBuilder } from './BuilderContext.ts';
import { orderNodes, type BuilderGraph } from './builderGraph.ts';
import styles from './FlowBuilder.module.css';
import { nodeKinds } from './nodeKinds.ts';
import { nodeSummary } from './nodeSummary.ts';

interface StepsListProps {
  graph: BuilderGraph;
  selectedId: string | null;
  onSelect: (nodeId: string) => void;
}

/** The flow as a list: the same steps without a canvas, for small screens, keyboards and screen readers. */
export function StepsList({ graph, selectedId, onSelect }: StepsListProps) {
  const { integrations, problems, waiting } = useBuilder();
  return (
    <ol className={styles.steps} aria-label="Steps of the flow">
      {orderNodes(graph).map(({ node, depth, via }) => {
        const { type, values } = node.data;
        const { title, icon: Shape } = nodeKinds[type];
        const action = type === 'action' ? findAction(integrations, values.actionId)?.action : undefined;
        const problemCount = problems.get(node.id) ?? 0;
        const waitingCount = waiting[node.id] ?? 0;
        return (
          <li key={node.id} style={{ paddingLeft: Math.min(depth, 4) * 20 }}>
            <button type="button" aria-pressed={node.id === selectedId} onClick={() => onSelect(node.id)}>
              <Shape size={18} stroke={1.7} aria-hidden />
              <span className={styles.stepWords}>
                <strong>
                  {via ? `${via === 'yes' ? 'Yes' : 'No'}: ` : ''}
                  {action?.title ?? title}
                </strong>
                <span>{action?.description ?? nodeSummary(type, values)}</span>
              </span>
              {problemCount > 0 ? <span className={styles.toFix}>{problemCount} to fix</span> : null}
              {waitingCount > 0 ? <span className={styles.soft}>{waitingCount} waiting</span> : null}
            </button>
          </li>
        );
      })}
    </ol>
  );
}
