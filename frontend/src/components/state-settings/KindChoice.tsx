import { SegmentedControl, Text } from '@mantine/core';
import { classifiedKind, type ClassifiedKind } from '#backend/schemas/stateSettings.ts';
import { kindWords } from './settingWords.ts';

interface KindChoiceProps {
  /** What is classified, in quotation marks in the label. */
  name: string;
  kind: ClassifiedKind | null;
  readOnly: boolean;
  onChange: (kind: ClassifiedKind | null) => void;
}

const options = [
  ...classifiedKind.options.map((value) => ({ value, label: kindWords[value] })),
  { value: '', label: 'None' },
];

/** What jobs of a type, a unit or with a tag are for; none leaves it to the next rule. */
export function KindChoice({ name, kind, readOnly, onChange }: KindChoiceProps) {
  if (readOnly) return <Text size="xs">{kind === null ? 'Not classified' : kindWords[kind]}</Text>;
  return (
    <SegmentedControl
      size="xs"
      aria-label={`What “${name}” means`}
      data={options}
      value={kind ?? ''}
      onChange={(value) => onChange(classifiedKind.safeParse(value).data ?? null)}
    />
  );
}
