import { Checkbox, MultiSelect, Select, Stack } from '@mantine/core';
import { asList, asText, lookOf, type FieldInputProps } from './fieldLook.ts';

/** One of several, by name. */
export function ChoiceField(props: FieldInputProps) {
  const { field, value, onChange } = props;
  return (
    <Select
      {...lookOf(props)}
      data={field.choices.map(({ value: choice, name }) => ({ value: String(choice), label: name }))}
      value={value === undefined || value === null ? null : asText(value)}
      onChange={(chosen) =>
        onChange(field.choices.find(({ value: choice }) => String(choice) === chosen)?.value)
      }
      clearable={field.mayBeEmpty}
      allowDeselect={field.mayBeEmpty}
    />
  );
}

/** A few choices are all seen at once; more are searched. */
export function ChoicesField(props: FieldInputProps) {
  const { field, value, onChange, error, readOnly } = props;
  const chosen = asList(value).map(String);
  const give = (values: string[]) =>
    onChange(
      field.choices.filter((choice) => values.includes(String(choice.value))).map((choice) => choice.value),
    );
  if (field.choices.length > 12) {
    return (
      <MultiSelect
        {...lookOf(props)}
        data={field.choices.map(({ value: choice, name }) => ({ value: String(choice), label: name }))}
        value={chosen}
        onChange={give}
        searchable
      />
    );
  }
  return (
    <Checkbox.Group
      label={field.title}
      description={field.description}
      error={error}
      withAsterisk={false}
      value={chosen}
      onChange={give}
    >
      <Stack gap={6} mt={6}>
        {field.choices.map(({ value: choice, name }) => (
          <Checkbox key={choice} value={String(choice)} label={name} size="xs" disabled={readOnly} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}
