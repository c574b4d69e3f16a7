import { useMemo } from 'react';
import type { GraphDiff } from '#backend/schemas/diffGraphs.ts';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import { placed } from '../common/placed.ts';
import { makeCatalogue, type Integrations } from './catalogue.ts';
import { diffLines } from './diffLines.ts';
import styles from './FlowBuilder.module.css';
import { makeNames, optionKindsIn } from './flowNames.ts';
import { useOptionNames } from './useOptionNames.ts';

interface DiffDetailsProps {
  diff: GraphDiff;
  /** With the steps of both. */
  graph: DraftGraph;
  integrations: Integrations;
}

/** What is different between two states of a flow, step by step and field by field. */
export function DiffDetails({ diff, graph, integrations }: DiffDetailsProps) {
  const catalogue = useMemo(() => makeCatalogue(integrations), [integrations]);
  const options = useOptionNames(optionKindsIn(graph));
  const entries = diffLines(diff, { graph, catalogue, names: makeNames(graph, catalogue, options) });
  if (entries.length === 0) return null;
  return (
    <details className={styles.differences}>
      <summary>What is different, step by step</summary>
      <dl tabIndex={0} aria-label="Differences">
        {placed(entries).map(({ key, thing: { title, lines } }) => (
          <div key={key}>
            <dt>{title}</dt>
            {placed(lines).map(({ key: place, thing: line }) => (
              <dd key={place}>{line}</dd>
            ))}
          </div>
        ))}
      </dl>
    </details>
  );
}
