import type { RunReply } from '#backend/schemas/api.ts';
import { countOf } from '../../money.ts';
import { Disclosure } from '../common/Disclosure.tsx';
import { placed } from '../common/placed.ts';
import { StatusBadge } from '../common/StatusBadge.tsx';
import { Time } from '../common/Time.tsx';
import { templateWords } from '../flow-builder/templateWords.ts';
import { RulesList } from './RulesList.tsx';
import { RunActs } from './RunActs.tsx';
import styles from './Runs.module.css';
import { durationWords, standingStepOf } from './runWords.ts';
import { StepValues } from './StepValues.tsx';
import type { StepNames } from './useStepNames.ts';

type Step = RunReply['steps'][number];

interface RunStepsProps {
  reply: RunReply;
  names: StepNames;
  selectedId: string | null;
  onSelect: (nodeId: string) => void;
}

/** What each step of a run did, when and why; where it stands, what can be done about it. */
export function RunSteps({ reply, names, selectedId, onSelect }: RunStepsProps) {
  const standing = standingStepOf(reply);
  return (
    <ol className={styles.steps}>
      {reply.steps.map((step) => (
        <li key={step.id} data-selected={step.nodeId === selectedId}>
          <button
            type="button"
            className={styles.head}
            onClick={() => onSelect(step.nodeId)}
            aria-pressed={step.nodeId === selectedId}
          >
            <strong>
              {templateWords(step.title)}
              {step.visit > 1 ? ` (time ${step.visit})` : ''}
            </strong>
            <StatusBadge status={step.status} />
          </button>
          <What step={step} sentence={names.sentences.get(step.nodeId) ?? null} />
          <When step={step} zone={reply.run.timeZone} />
          {step.status === 'failed' ? <Tries step={step} zone={reply.run.timeZone} /> : null}
          <RulesList rules={step.rules} />
          <StepValues step={step} names={names} />
          {step.id === standing?.id ? (
            <div className={styles.acts}>
              <RunActs reply={reply} place="step" />
            </div>
          ) : null}
        </li>
      ))}
    </ol>
  );
}

function What({ step, sentence }: { step: Step; sentence: string | null }) {
  return (
    <>
      {sentence === null || sentence === templateWords(step.title) ? null : (
        <span className={styles.soft}>{sentence}</span>
      )}
      <span className={step.error === null ? undefined : styles.bad}>{step.words}</span>
    </>
  );
}

function When({ step, zone }: { step: Step; zone: string }) {
  const { finishedAt, dueAt, milliseconds, attempts } = step;
  const parts = [
    ...(milliseconds === null || milliseconds === 0 ? [] : [`took ${durationWords(milliseconds)}`]),
    ...(attempts > 1 ? [countOf(attempts, 'try', 'tries')] : []),
  ];
  return (
    <span className={styles.soft}>
      {finishedAt ? (
        <Time iso={finishedAt} zone={zone} />
      ) : dueAt ? (
        <>
          Due <Time iso={dueAt} zone={zone} />
        </>
      ) : (
        'Not yet'
      )}
      {parts.map((part) => ` · ${part}`).join('')}
    </span>
  );
}

function Tries({ step: { tries }, zone }: { step: Step; zone: string }) {
  if (tries.length < 2) return null;
  return (
    <Disclosure label={`All ${countOf(tries.length, 'try', 'tries')}`}>
      {() => (
        <ol className={styles.tries}>
          {placed(tries).map(({ key, thing: { at, error } }) => (
            <li key={key}>
              <Time iso={at} zone={zone} show="absolute" />: {error}
            </li>
          ))}
        </ol>
      )}
    </Disclosure>
  );
}
