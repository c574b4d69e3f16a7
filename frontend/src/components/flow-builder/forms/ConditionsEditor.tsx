import { Button, Group, NativeSelect, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Fragment } from 'react';
import type { Conditions } from '#backend/schemas/conditions.ts';
import { placed } from '../../common/placed.ts';
import { addRule, changeGroup, changeRule, readConditions, ruleAbout } from './conditionEdits.ts';
import { ConditionRuleFields } from './ConditionRuleFields.tsx';
import { useFormSurroundings } from './FormContext.ts';
import styles from './forms.module.css';

interface ConditionsEditorProps {
  label: string;
  description?: string | undefined;
  error?: string | undefined;
  value: unknown;
  onChange: (value: Conditions) => void;
  readOnly: boolean;
}

type Match = Conditions['match'];
const matchOf = (value: string): Match => (value === 'any' ? 'any' : 'all');

/** What is asked: groups of rules, joined by and or or. */
export function ConditionsEditor({
  label,
  description,
  error,
  value,
  onChange,
  readOnly,
}: ConditionsEditorProps) {
  const { stepValues = [] } = useFormSurroundings() ?? {};
  const conditions = readConditions(value);
  const { groups, match } = conditions;
  const first = ruleAbout('journey.state', stepValues);
  return (
    <fieldset className={styles.fieldset} disabled={readOnly}>
      <legend>{label}</legend>
      {description ? (
        <Text size="xs" c="dimmed">
          {description}
        </Text>
      ) : null}
      {placed(groups).map(({ key, at: index, thing: group }) => (
        <Fragment key={key}>
          {index > 0 ? <span className={styles.joint}>{match === 'all' ? 'and' : 'or'}</span> : null}
          <div className={styles.rules} role="group" aria-label={`${label}: group ${index + 1}`}>
            {group.rules.length > 1 ? (
              <NativeSelect
                size="xs"
                aria-label="How these rules are joined"
                data={[
                  { value: 'all', label: 'All of these' },
                  { value: 'any', label: 'Any of these' },
                ]}
                value={group.match}
                onChange={(event) =>
                  onChange(
                    changeGroup(conditions, index, { ...group, match: matchOf(event.currentTarget.value) }),
                  )
                }
              />
            ) : null}
            {placed(group.rules).map(({ key: ruleKey, at, thing: rule }) => (
              <ConditionRuleFields
                key={ruleKey}
                place={`${index + 1}.${at + 1}`}
                rule={rule}
                stepValues={stepValues}
                onChange={(next) => onChange(changeGroup(conditions, index, changeRule(group, at, next)))}
              />
            ))}
            <Button
              size="compact-xs"
              variant="subtle"
              style={{ alignSelf: 'start' }}
              leftSection={<IconPlus size={13} aria-hidden />}
              onClick={() => onChange(addRule(conditions, index, first))}
            >
              Add a rule
            </Button>
          </div>
        </Fragment>
      ))}
      {error ? (
        <Text size="xs" c="var(--chou-bad)" role="alert">
          {error}
        </Text>
      ) : null}
      <Group gap="sm">
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconPlus size={13} aria-hidden />}
          onClick={() => onChange(addRule(conditions, groups.length, first))}
        >
          {groups.length === 0 ? 'Add a condition' : 'Add a group'}
        </Button>
        {groups.length > 1 ? (
          <NativeSelect
            size="xs"
            aria-label="How the groups are joined"
            data={[
              { value: 'all', label: 'All groups must hold' },
              { value: 'any', label: 'One group is enough' },
            ]}
            value={match}
            onChange={(event) => onChange({ ...conditions, match: matchOf(event.currentTarget.value) })}
          />
        ) : null}
      </Group>
    </fieldset>
  );
}
