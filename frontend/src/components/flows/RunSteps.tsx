import type { RunReply } from '#backend/schemas/api.ts';
import { countOf } from '../../money.ts';
import { StatusBadge } from '../common/StatusBadge.tsx';
import { Time } from '../common/Time.tsx';
import { templateWords } from '../flow-builder/templateWords.ts';
import styles from './RunSteps.module.css';

interface RunStepsProps {
  steps: RunReply['steps'];
  zone: string;
  selectedId: string | null;
  onSelect: (nodeId: string) => void;
}

/** What each step of a run did, and when. */
export function RunSteps({ steps, zone, selectedId, onSelect }: RunStepsProps) {
  return (
    <ol className={styles.steps}>
      {steps.map((step) => (
        <li key={step.id} data-selected={step.nodeId === selectedId}>
          <button
            type="button"
            onClick={() => onSelect(step.nodeId)}
            aria-pressed={step.nodeId === selectedId}
          >
            <strong>{templateWords(step.title)}</strong>
            <StatusBadge status={step.status} />
          </button>
          <div className={styles.time}>
            {step.finishedAt ? (
              <Time iso={step.finishedAt} zone={zone} />
            ) : step.dueAt ? (
              <>
                Due <Time iso={step.dueAt} zone={zone} />
              </>
            ) : null}
            {step.attempts > 1 ? ` · ${countOf(step.attempts, 'attempt')}` : ''}
          </div>
          {step.error ? <p className={styles.error}>{step.error}</p> : null}
          {hasContent(step.output) ? (
            <details>
              <summary>What it gave</summary>
              <Output value={step.output} />
            </details>
          ) : null}
        </li>
      ))}
    </ol>
  );
}

function hasContent(output: unknown): output is object {
  return typeof output === 'object' && output !== null && Object.keys(output).length > 0;
}

/** A step's output as names and values. */
function Output({ value }: { value: object }) {
  return (
    <dl className={styles.output}>
      {Object.entries(value).map(([name, each]: [string, unknown]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{hasContent(each) ? <Output value={each} /> : inWords(each)}</dd>
        </div>
      ))}
    </dl>
  );
}

function inWords(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  return '–';
}
