import { NumberInput, PasswordInput, Select, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { readSchemaFields, type SchemaField } from './schemaFields.ts';

type Values = Record<string, unknown>;

interface SchemaFormProps {
  schema: unknown;
  values: Values;
  onChange: (field: string, values: Values) => void;
  /** What is wrong with which field. */
  errors?: Record<string, string>;
  /** Names for choices: by field, then by value. */
  choiceNames?: (field: string) => Record<string, string> | undefined;
  /** Numbers and switches may be templates, which are texts. */
  templates?: boolean;
  readOnly?: boolean;
  /** Draws only the fields that it accepts. */
  shows?: (field: string) => boolean;
}

/** A form drawn from a JSON Schema. */
export function SchemaForm({ schema, values, onChange, shows, ...rest }: SchemaFormProps) {
  const fields = readSchemaFields(schema).filter(({ name }) => shows?.(name) ?? true);
  return (
    <Stack gap="md">
      {fields.map((field) => (
        <FieldInput
          key={field.name}
          field={field}
          value={values[field.name]}
          onChange={(value) => {
            const { [field.name]: _, ...others } = values;
            onChange(field.name, value === undefined ? others : { ...others, [field.name]: value });
          }}
          error={rest.errors?.[field.name]}
          names={rest.choiceNames?.(field.name)}
          templates={rest.templates ?? false}
          readOnly={rest.readOnly ?? false}
        />
      ))}
    </Stack>
  );
}

interface FieldInputProps {
  field: SchemaField;
  value: unknown;
  onChange: (value: unknown) => void;
  error: string | undefined;
  names: Record<string, string> | undefined;
  templates: boolean;
  readOnly: boolean;
}

function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

function FieldInput({ field, value, onChange, error, names, templates, readOnly }: FieldInputProps) {
  const look = {
    label: field.title,
    description: field.description,
    error,
    required: field.required,
    withAsterisk: false,
    disabled: readOnly,
    name: field.name,
  };
  const onText = (event: { currentTarget: { value: string } }) =>
    onChange(event.currentTarget.value || undefined);
  switch (field.kind) {
    case 'choice':
      return (
        <Select
          {...look}
          data={field.choices.map(({ value: choice, name }) => ({
            value: String(choice),
            label: names?.[String(choice)] ?? name,
          }))}
          value={value === undefined || value === null ? null : asText(value)}
          onChange={(chosen) =>
            onChange(field.choices.find((choice) => String(choice.value) === chosen)?.value)
          }
          clearable={field.mayBeEmpty}
          allowDeselect={field.mayBeEmpty}
        />
      );
    case 'switch':
      return (
        <Switch
          label={field.title}
          description={field.description}
          error={error}
          disabled={readOnly}
          checked={value === true || value === 'true'}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'number':
      if (templates) return <TextInput {...look} value={asText(value)} onChange={onText} />;
      return (
        <NumberInput
          {...look}
          value={typeof value === 'number' ? value : asText(value)}
          onChange={(given) => onChange(given === '' ? undefined : given)}
          allowNegative={false}
          hideControls
        />
      );
    case 'longText':
      return (
        <Textarea {...look} value={asText(value)} onChange={onText} autosize minRows={10} maxRows={24} />
      );
    case 'secret':
      return <PasswordInput {...look} value={asText(value)} onChange={onText} autoComplete="off" />;
    case 'text':
      return <TextInput {...look} value={asText(value)} onChange={onText} />;
  }
}
