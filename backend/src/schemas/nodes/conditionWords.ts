import { findFact, operators, type ConditionRule, type Conditions } from '../conditions.ts';
import { stateNumber, stateTitles } from '../state.ts';
import type { NodeNames } from './defineNode.ts';

/** Conditions as one sentence: "the job's total is above 5000 and (…)". Empty for none. */
export function conditionWords({ match, groups }: Conditions, names: NodeNames): string {
  const parts = groups.map((group) => {
    const rules = group.rules.map((rule) => ruleWords(rule, names));
    const joined = rules.join(group.match === 'all' ? ' and ' : ' or ');
    return groups.length > 1 && rules.length > 1 ? `(${joined})` : joined;
  });
  return parts.join(match === 'all' ? ' and ' : ' or ');
}

/** One rule: "Job: Total is above 5000". */
export function ruleWords(rule: ConditionRule, names: NodeNames): string {
  const { field, operator } = rule;
  const fact = findFact(field);
  const subject = fact ? `${fact.group}: ${fact.title}` : stepWords(field, names);
  if (fact?.kind === 'yes_no') return `${subject}: ${operator === 'exists' ? 'yes' : 'no'}`;
  if (operator === 'exists' || operator === 'not_exists') return `${subject} ${operators[operator]}`;
  const asked = rule.values ?? (rule.value === undefined ? [] : [rule.value]);
  const values = asked.map((value) => valueWords(field, value, names));
  return `${subject} ${operators[operator]} ${values.length === 0 ? '…' : values.join(', ')}${unitWords(fact?.unit)}`;
}

function unitWords(unit: string | undefined): string {
  return unit === undefined ? '' : ` ${unit}`;
}

function stepWords(field: string, names: NodeNames): string {
  const [, nodeId = '', ...path] = field.split('.');
  return `${names.node(nodeId) ?? nodeId}: ${path.join(' ')}`;
}

/** A value by its name, where ids have one. */
export function valueWords(field: string, value: string | number, names: NodeNames): string {
  if (field === 'journey.state') {
    const state = stateNumber.safeParse(Number(value));
    return state.success ? stateTitles[state.data] : String(value);
  }
  const options = findFact(field)?.options;
  return (options && names.option(options, value)) ?? String(value);
}
