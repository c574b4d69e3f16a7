import { ActionIcon, MultiSelect, NumberInput, Select, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { findFact, operatorNames, type ConditionRule } from '#backend/schemas/conditions.ts';
import { stateNumbers, stateTitles } from '#backend/schemas/state.ts';
import {
  asksForMany,
  asksForNothing,
  questionsOf,
  ruleAbout,
  subjectGroups,
  withOperator,
} from './conditionEdits.ts';
import type { StepValue } from './FormContext.ts';
import styles from './forms.module.css';
import { OptionPicker } from './OptionPicker.tsx';

interface RuleProps {
  /** "1.2": the second rule of the first group. */
  place: string;
  rule: ConditionRule;
  stepValues: StepValue[];
  /** null takes it out. */
  onChange: (rule: ConditionRule | null) => void;
}

/** One rule: what is asked about, the question, what to compare with. */
export function ConditionRuleFields({ place, rule, stepValues, onChange }: RuleProps) {
  const subjects = subjectGroups(stepValues);
  const isKnown = subjects.some(({ items }) => items.some(({ value }) => value === rule.field));
  const gone = { group: 'Gone', items: [{ value: rule.field, label: 'A step that is gone' }] };
  return (
    <div className={styles.rule}>
      <Select
        size="xs"
        aria-label={`Rule ${place}: what is asked about`}
        data={isKnown ? subjects : [...subjects, gone]}
        value={rule.field}
        onChange={(field) => field && onChange(ruleAbout(field, stepValues))}
        searchable
        allowDeselect={false}
        maxDropdownHeight={320}
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        size={30}
        className={styles.beside ?? ''}
        aria-label={`Remove rule ${place}`}
        onClick={() => onChange(null)}
      >
        <IconTrash size={15} />
      </ActionIcon>
      <Select
        size="xs"
        aria-label={`Rule ${place}: the question`}
        data={questionsOf(rule.field, stepValues)}
        value={rule.operator}
        onChange={(operator) => {
          const parsed = operatorNames.safeParse(operator);
          if (parsed.success) onChange(withOperator(rule, parsed.data));
        }}
        allowDeselect={false}
      />
      {asksForNothing(rule.operator) ? null : (
        <RuleValue place={place} rule={rule} stepValues={stepValues} onChange={onChange} />
      )}
    </div>
  );
}

function RuleValue({ place, rule, stepValues, onChange }: RuleProps) {
  const label = `Rule ${place}: compared with`;
  const fact = findFact(rule.field);
  const step = stepValues.find(({ name }) => name === rule.field);
  const { values = [], value } = rule;
  if (asksForMany(rule.operator)) {
    if (fact?.options) {
      return (
        <OptionPicker
          isMany
          isBare
          kind={fact.options}
          label={label}
          value={values}
          onChange={(chosen) => onChange({ ...rule, values: chosen })}
        />
      );
    }
    const isState = rule.field === 'journey.state';
    const choices = isState
      ? stateNumbers.map((state) => ({ value: String(state), label: stateTitles[state] }))
      : (step?.choices.map((choice) => ({ value: choice.value, label: choice.name })) ??
        (fact?.choices ?? []).map((choice) => ({ value: choice, label: choice })));
    return (
      <MultiSelect
        size="xs"
        aria-label={label}
        placeholder={values.length === 0 ? 'Choose' : ''}
        data={choices}
        value={values.map(String)}
        onChange={(chosen) => onChange({ ...rule, values: isState ? chosen.map(Number) : chosen })}
      />
    );
  }
  const kind = fact?.kind ?? step?.kind;
  if (kind === 'number' || kind === 'money') {
    return (
      <NumberInput
        size="xs"
        aria-label={label}
        {...(fact?.unit ? { suffix: ` ${fact.unit}` } : {})}
        {...(kind === 'money' ? { prefix: '$', thousandSeparator: ',' } : {})}
        hideControls
        value={value ?? ''}
        onChange={(given) => onChange(withValue(rule, given))}
      />
    );
  }
  return (
    <TextInput
      size="xs"
      aria-label={label}
      value={value ?? ''}
      maxLength={300}
      onChange={(event) => onChange(withValue(rule, event.currentTarget.value))}
    />
  );
}

function withValue(rule: ConditionRule, value: string | number): ConditionRule {
  const { value: _, ...others } = rule;
  return value === '' ? others : { ...others, value };
}
