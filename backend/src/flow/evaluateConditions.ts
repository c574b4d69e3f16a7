import type { ConditionRule, Conditions } from '../schemas/conditions.ts';
import type { Facts, FactValue } from './factsOf.ts';

/** A rule with the value that it saw: what a decision is explained by. */
export interface RuleFinding {
  field: string;
  operator: ConditionRule['operator'];
  asked: readonly (string | number)[];
  actual: FactValue;
  holds: boolean;
}

export interface ConditionsFinding {
  holds: boolean;
  rules: RuleFinding[];
}

/** Whether conditions hold, with what each rule saw. No groups: they do. Whatever is unknown neither equals nor exceeds anything. */
export function evaluateConditions({ match, groups }: Conditions, facts: Facts): ConditionsFinding {
  const found = groups.map((group) => {
    const rules = group.rules.map((rule) => evaluateRule(rule, facts(rule.field)));
    return { rules, holds: combine(group.match, rules) };
  });
  return { holds: found.length === 0 || combine(match, found), rules: found.flatMap(({ rules }) => rules) };
}

function combine(match: Conditions['match'], parts: readonly { holds: boolean }[]): boolean {
  return match === 'all' ? parts.every(({ holds }) => holds) : parts.some(({ holds }) => holds);
}

function evaluateRule(rule: ConditionRule, actual: FactValue): RuleFinding {
  const { field, operator } = rule;
  const asked = rule.values ?? (rule.value === undefined ? [] : [rule.value]);
  return { field, operator, asked, actual, holds: isTrue(operator, actual, asked) };
}

function isTrue(
  operator: ConditionRule['operator'],
  actual: FactValue,
  asked: readonly (string | number)[],
): boolean {
  const all = listOf(actual);
  const isAny = () => all.some((value) => asked.some((other) => isEqual(value, other)));
  switch (operator) {
    case 'exists':
      return isKnown(actual);
    case 'not_exists':
      return !isKnown(actual);
    case 'equals':
    case 'one_of':
      return isAny();
    case 'not_equals':
    case 'none_of':
      return !isAny();
    case 'contains':
      return all.some((value) => asked.some((part) => textOf(value).includes(textOf(part))));
    case 'greater':
      return compare(actual, asked[0], (one, other) => one > other);
    case 'less':
      return compare(actual, asked[0], (one, other) => one < other);
  }
}

function isKnown(value: FactValue): boolean {
  if (typeof value === 'object') return value !== null && value.length > 0;
  return value !== '' && value !== false;
}

function listOf(value: FactValue): readonly (string | number)[] {
  if (value === null) return [];
  if (typeof value === 'boolean') return [String(value)];
  return typeof value === 'object' ? value : [value];
}

function compare(
  actual: FactValue,
  asked: string | number | undefined,
  is: (one: number, other: number) => boolean,
): boolean {
  return isNumeric(actual) && isNumeric(asked) && is(Number(actual), Number(asked));
}

function isEqual(actual: string | number, asked: string | number): boolean {
  if (isNumeric(actual) && isNumeric(asked)) return Number(actual) === Number(asked);
  return textOf(actual) === textOf(asked);
}

function textOf(value: string | number): string {
  return String(value).trim().toLowerCase();
}

function isNumeric(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value));
}
