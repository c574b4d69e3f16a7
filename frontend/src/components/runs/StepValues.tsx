import { Link } from 'react-router';
import type { RunReply } from '#backend/schemas/api.ts';
import { Disclosure } from '../common/Disclosure.tsx';
import type { StepNames } from './useStepNames.ts';
import { valueLines } from './valueLines.ts';
import { ValueList } from './ValueList.tsx';

interface StepValuesProps {
  step: RunReply['steps'][number];
  names: StepNames;
}

/** What a step was given and what it answered, as names and values. */
export function StepValues({ step, names }: StepValuesProps) {
  const { nodeId, input, output } = step;
  const messageId = messageOf(output);
  if (messageId !== null) return <Link to={`/messages?message=${messageId}`}>Open the e-mail</Link>;
  // What other steps than actions keep is told in their words and rules.
  if (!names.isAction(nodeId)) return null;
  const given = valueLines(input, (path) => names.inputTitle(nodeId, path));
  const answered = valueLines(output, (path) => names.outputTitle(nodeId, path));
  return (
    <>
      {given.length > 0 ? (
        <Disclosure label="What it was given">{() => <ValueList lines={given} />}</Disclosure>
      ) : null}
      {answered.length > 0 ? (
        <Disclosure label="What it answered">{() => <ValueList lines={answered} />}</Disclosure>
      ) : null}
    </>
  );
}

function messageOf(output: unknown): string | null {
  if (typeof output !== 'object' || output === null) return null;
  const id: unknown = Reflect.get(output, 'messageId');
  return typeof id === 'string' ? id : null;
}
