import { z } from 'zod';
import { findFact, operatorNames, type FactName } from '../schemas/conditions.ts';
import { nodeDefinitions, type FlowNode } from '../schemas/flow.ts';
import { ruleWords, valueWords } from '../schemas/nodes/conditionWords.ts';
import type { NodeNames } from '../schemas/nodes/defineNode.ts';
import { describeEndReason } from './endReasons.ts';
import type { FactValue } from './factsOf.ts';

/** A step as it was stored or simulated. */
export interface DoneStep {
  node: FlowNode;
  status: 'pending' | 'done' | 'skipped' | 'waiting' | 'failed' | 'canceled';
  outcome: string | null;
  output: unknown;
  error: string | null;
  dueAt: Date | null;
}

export interface FoundRule {
  words: string;
  saw: string;
  holds: boolean;
}

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const finding = z.object({
  field: z.string(),
  operator: operatorNames,
  asked: z.array(z.union([z.string(), z.number()])),
  actual: z.union([scalar, z.array(z.union([z.string(), z.number()]))]),
  holds: z.boolean(),
});
const told = z.object({
  rules: z.array(finding).optional().catch(undefined),
  exit: z.string().optional().catch(undefined),
  disabled: z.boolean().optional().catch(undefined),
  past: z.boolean().optional().catch(undefined),
  skipped: z.string().optional().catch(undefined),
  moved: z.boolean().optional().catch(undefined),
});

/** Facts that are about the person, and not only about the job. */
const personal: ReadonlySet<string> = new Set<FactName>([
  'contact.name',
  'contact.email',
  'contact.phone',
  'contact.city',
  'contact.zip',
  'job.summary',
]);

/** What each rule of a step asked, and the value that it saw; what is personal only for those who may see it. */
export function rulesOf(output: unknown, names: NodeNames, hidesPersonal = false): FoundRule[] {
  return (readTold(output).rules ?? []).map(({ field, operator, asked, actual, holds }) => ({
    words: ruleWords({ field, operator, ...(asked.length > 0 ? { values: asked } : {}) }, names),
    saw: hidesPersonal && isPersonal(field) ? '•••' : sawWords(field, actual, names),
    holds,
  }));
}

/** Whether a fact is about the person. What earlier steps answered may be anything. */
export function isPersonal(field: string): boolean {
  return personal.has(field) || field.startsWith('steps.');
}

function readTold(output: unknown): z.infer<typeof told> {
  return told.safeParse(output).data ?? {};
}

/** A value for people: by its name, with its unit; "nothing" where nothing is known. */
export function sawWords(field: string, actual: FactValue, names: NodeNames): string {
  if (actual === null || actual === '') return 'nothing';
  if (typeof actual === 'boolean') return actual ? 'yes' : 'no';
  if (typeof actual === 'object')
    return actual.length === 0
      ? 'nothing'
      : actual.map((value) => valueWords(field, value, names)).join(', ');
  const fact = findFact(field);
  if (typeof actual !== 'number' || !fact) return valueWords(field, actual, names);
  if (fact.kind === 'money')
    return new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(actual);
  if (fact.kind !== 'number') return valueWords(field, actual, names);
  const rounded = Math.round(actual * 10) / 10;
  return fact.unit === undefined ? String(rounded) : `${rounded} ${fact.unit}`;
}

/** What became of a step, in a sentence. `writeTime` writes moments in the tenant's zone. */
export function stepWords(step: DoneStep, writeTime: (time: Date) => string): string {
  const { node, status, output, error } = step;
  const { exit, disabled, past, skipped, moved } = readTold(output);
  if (skipped === 'by_hand')
    return error === null ? 'Somebody skipped this step.' : `Somebody skipped this step: ${error}`;
  if (error !== null) return error;
  if (moved === true) return 'It was not done: the run went on in another version of the flow.';
  if (exit !== undefined) return `The flow ends here: ${describeEndReason(exit)}.`;
  if (disabled === true) return 'This step is switched off and was passed over.';
  if (skipped === 'too_late') return 'It was not done: it fell due too long before the customer came back.';
  if (skipped === 'superseded') return 'It was not done: a later one had fallen due as well.';
  if (past === true)
    return status === 'skipped' && node.type === 'wait_until' && node.data.whenPast === 'continue'
      ? 'That moment was past already: it went on at once.'
      : 'That moment was past already: the flow ends here.';
  if (status === 'waiting' || status === 'pending') return waitingWords(step, writeTime);
  if (status === 'canceled') return 'It was not done: the flow was over before.';
  if (status === 'failed') return 'It could not be done.';
  return doneWords(step, writeTime);
}

function waitingWords({ node, dueAt }: DoneStep, writeTime: (time: Date) => string): string {
  if (dueAt === null) return 'It waits for an appointment: none is known.';
  return node.type === 'wait_event'
    ? `It waits for it to happen, until ${writeTime(dueAt)} at the latest.`
    : `It waits until ${writeTime(dueAt)}.`;
}

function doneWords({ node, status, outcome, dueAt }: DoneStep, writeTime: (time: Date) => string): string {
  switch (node.type) {
    case 'trigger':
      return status === 'skipped'
        ? 'The flow does not begin: what it asks for does not hold.'
        : 'The flow begins.';
    case 'wait':
    case 'wait_time':
    case 'wait_until':
      return dueAt === null ? 'It waited.' : `It waited until ${writeTime(dueAt)}.`;
    case 'wait_event':
      return outcome === 'happened' ? 'It happened.' : 'It did not happen in time.';
    case 'condition':
      return outcome === 'yes' ? 'Yes.' : 'No.';
    case 'split': {
      const way = nodeDefinitions.split.outputs(node.data).find(({ id }) => id === outcome);
      return `By share it goes "${way?.title ?? outcome ?? ''}"; for this person always.`;
    }
    case 'send_email':
      return 'The e-mail is made.';
    case 'action':
      return 'It is done.';
    case 'go_to':
      return 'It goes on there.';
    case 'end':
      return 'The flow is done.';
  }
}
