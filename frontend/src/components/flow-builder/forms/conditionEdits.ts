import { z } from 'zod';
import {
  facts,
  findFact,
  noConditions,
  operatorNames,
  operators,
  operatorsOf,
  type ConditionRule,
  type Conditions,
  type Operator,
} from '#backend/schemas/conditions.ts';
import type { StepValue } from './FormContext.ts';

const operand = z.union([z.string(), z.number()]);
const match = z.enum(['all', 'any']).catch('all');
const looseConditions = z.object({
  match,
  groups: z.array(
    z.object({
      match,
      rules: z.array(
        z.object({
          field: z.string(),
          operator: operatorNames,
          value: operand.optional(),
          values: z.array(operand).optional(),
        }),
      ),
    }),
  ),
});

/** Reads what is stored leniently: a rule may be unfinished, or ask for a step that is gone. */
export function readConditions(stored: unknown): Conditions {
  const parsed = looseConditions.safeParse(stored);
  return parsed.success ? parsed.data : noConditions;
}

export interface Subject {
  value: string;
  label: string;
}

/** Everything that can be asked about, in groups: the facts, then what earlier steps came to. */
export function subjectGroups(stepValues: readonly StepValue[]): { group: string; items: Subject[] }[] {
  const known = Object.entries(facts).map(([value, { group, title }]) => ({ value, group, title }));
  const earlier = stepValues.map(({ name, group, title }) => ({
    value: name,
    group: `Step: ${group}`,
    title,
  }));
  const groups = Map.groupBy([...known, ...earlier], ({ group }) => group);
  return [...groups].map(([group, items]) => ({
    group,
    items: items.map(({ value, title }) => ({ value, label: `${group.replace(/^Step: /, '')}: ${title}` })),
  }));
}

/** The questions that make sense for a subject, in words. */
export function questionsOf(
  field: string,
  stepValues: readonly StepValue[],
): { value: Operator; label: string }[] {
  const fact = findFact(field);
  const step = stepValues.find(({ name }) => name === field);
  const kind = fact?.kind ?? (step && step.choices.length > 0 ? 'choice' : (step?.kind ?? 'text'));
  if (kind === 'yes_no') {
    return [
      { value: 'exists', label: 'yes' },
      { value: 'not_exists', label: 'no' },
    ];
  }
  return operatorsOf[kind].map((value) => ({ value, label: operators[value] }));
}

/** A new rule about a subject: its first question, nothing to compare with yet. */
export function ruleAbout(field: string, stepValues: readonly StepValue[]): ConditionRule {
  return withOperator({ field, operator: 'exists' }, questionsOf(field, stepValues)[0]?.value ?? 'exists');
}

export function asksForMany(operator: Operator): boolean {
  return operator === 'one_of' || operator === 'none_of';
}

export function asksForNothing(operator: Operator): boolean {
  return operator === 'exists' || operator === 'not_exists';
}

/** The rule with another question; what was entered stays where it still fits. */
export function withOperator(rule: ConditionRule, operator: Operator): ConditionRule {
  const { field } = rule;
  if (asksForNothing(operator)) return { field, operator };
  const entered = rule.values ?? (rule.value === undefined ? [] : [rule.value]);
  if (asksForMany(operator)) return { field, operator, values: entered };
  const [first] = entered;
  return first === undefined ? { field, operator } : { field, operator, value: first };
}

type Group = Conditions['groups'][number];

export function changeGroup(conditions: Conditions, index: number, group: Group | null): Conditions {
  const groups = conditions.groups.flatMap((each, at) => (at === index ? (group ?? []) : each));
  return { ...conditions, groups };
}

/** The group with a rule changed or taken out; null: it was the last. */
export function changeRule(group: Group, index: number, rule: ConditionRule | null): Group | null {
  const rules = group.rules.flatMap((each, at) => (at === index ? (rule ?? []) : each));
  return rules.length === 0 ? null : { ...group, rules };
}

export function addRule(conditions: Conditions, groupIndex: number, rule: ConditionRule): Conditions {
  const group = conditions.groups[groupIndex];
  if (!group) return { ...conditions, groups: [...conditions.groups, { match: 'all', rules: [rule] }] };
  return changeGroup(conditions, groupIndex, { ...group, rules: [...group.rules, rule] });
}
