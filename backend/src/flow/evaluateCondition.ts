import type { conditionFields, FlowNode } from '../schemas/flow.ts';

export type ConditionData = Extract<FlowNode, { type: 'condition' }>['data'];
type ConditionField = (typeof conditionFields)[number];

/** What conditions can ask for; null: not known. */
export type ConditionFacts = Record<ConditionField, string | number | boolean | null>;

/** Which way a condition goes. Whatever is unknown neither equals nor exceeds anything. */
export function evaluateCondition(data: ConditionData, facts: ConditionFacts): 'yes' | 'no' {
  return holds(data, facts[data.field]) ? 'yes' : 'no';
}

function holds(data: ConditionData, actual: ConditionFacts[ConditionField]): boolean {
  const present = actual !== null && actual !== '' && actual !== false;
  switch (data.operator) {
    case 'exists':
      return present;
    case 'not_exists':
      return !present;
    case 'equals':
      return isEqual(actual, data.value);
    case 'not_equals':
      return !isEqual(actual, data.value);
    case 'greater':
      return isNumeric(actual) && isNumeric(data.value) && Number(actual) > Number(data.value);
    case 'less':
      break;
  }
  return isNumeric(actual) && isNumeric(data.value) && Number(actual) < Number(data.value);
}

function isEqual(actual: ConditionFacts[ConditionField], expected: string | number | undefined): boolean {
  if (actual === null || expected === undefined) return false;
  if (isNumeric(actual) && isNumeric(expected)) return Number(actual) === Number(expected);
  return String(actual).trim().toLowerCase() === String(expected).trim().toLowerCase();
}

function isNumeric(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value));
}
