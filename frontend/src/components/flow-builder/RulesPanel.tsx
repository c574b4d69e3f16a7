import { NumberInput, Select, Stack, Switch, Text, Title } from '@mantine/core';
import type { FlowProblem } from '#backend/schemas/flow.ts';
import type { FlowSettings } from '#backend/schemas/flowSettings.ts';
import type { NodeNames } from '#backend/schemas/nodes/defineNode.ts';
import { fieldErrors } from './fieldErrors.ts';
import styles from './forms/forms.module.css';
import { ConditionsEditor } from './forms/ConditionsEditor.tsx';
import { againWords, exampleOf, oneForWords } from './settingsWords.ts';

interface RulesPanelProps {
  settings: FlowSettings;
  /** The trigger's values: examples speak of what starts this flow. */
  trigger: unknown;
  names: NodeNames;
  problems: readonly FlowProblem[];
  readOnly: boolean;
  onChange: (field: string, settings: FlowSettings) => void;
}

function asChoice<Value extends string>(
  words: Record<Value, string>,
  chosen: string | null,
): Value | undefined {
  for (const value in words) if (value === chosen) return value;
  return undefined;
}

function choicesOf(words: Record<string, string>) {
  return Object.entries(words).map(([value, label]) => ({ value, label }));
}

/** Who may enter the flow, and who leaves it before its end, with an example that follows the choices. */
export function RulesPanel({ settings, trigger, names, problems, readOnly, onChange }: RulesPanelProps) {
  const errors = fieldErrors(problems.filter(({ nodeId }) => nodeId === null));
  const change = (part: Partial<FlowSettings>) =>
    onChange(Object.keys(part).join(' '), { ...settings, ...part });
  const on = { withAsterisk: false, allowDeselect: false, disabled: readOnly } as const;
  const toggle = (field: 'exitOnLeave' | 'exitOnUnsubscribe' | 'exitOnReply', label: string) => (
    <Switch
      label={label}
      disabled={readOnly}
      checked={settings[field]}
      onChange={(event) => change({ [field]: event.currentTarget.checked })}
    />
  );
  return (
    <Stack gap="md">
      <div className={styles.example} role="status" aria-label="For example">
        <strong>For example</strong>
        {exampleOf(settings, trigger, names).map((sentence) => (
          <div key={sentence}>{sentence}</div>
        ))}
      </div>
      <Title order={2} size="md">
        Who enters
      </Title>
      <Select
        {...on}
        label="Who was in it before"
        data={choicesOf(againWords)}
        value={settings.again}
        onChange={(chosen) => {
          const again = asChoice(againWords, chosen);
          if (again) change({ again });
        }}
      />
      {settings.again === 'after_days' ? (
        <NumberInput
          label="Again after"
          suffix=" days"
          min={1}
          max={3650}
          disabled={readOnly}
          error={errors['againAfterDays']}
          value={settings.againAfterDays}
          onChange={(given) => Number(given) >= 1 && change({ againAfterDays: Math.round(Number(given)) })}
        />
      ) : null}
      <Select
        {...on}
        label="At the same time"
        data={choicesOf(oneForWords)}
        value={settings.oneFor}
        onChange={(chosen) => {
          const oneFor = asChoice(oneForWords, chosen);
          if (oneFor) change({ oneFor });
        }}
      />
      <NumberInput
        label="Too old to start it"
        description="News that is older starts nothing."
        suffix=" hours"
        min={1}
        max={8760}
        disabled={readOnly}
        error={errors['maxAgeHours']}
        value={settings.maxAgeHours}
        onChange={(given) => Number(given) >= 1 && change({ maxAgeHours: Math.round(Number(given)) })}
      />
      <Title order={2} size="md" mt="sm">
        Who leaves before the end
      </Title>
      {toggle('exitOnLeave', 'Whoever leaves the state that started it')}
      {toggle('exitOnUnsubscribe', 'Whoever unsubscribes')}
      {toggle('exitOnReply', 'Whoever replies')}
      <ConditionsEditor
        label="Whoever reaches the goal"
        description="As soon as this is true, the rest is no longer needed."
        error={errors['exitWhen']}
        value={settings.exitWhen}
        onChange={(exitWhen) => change({ exitWhen })}
        readOnly={readOnly}
      />
      {settings.exitWhen.groups.length === 0 ? (
        <Text size="xs" c="dimmed">
          No goal: nobody leaves for that.
        </Text>
      ) : null}
    </Stack>
  );
}
