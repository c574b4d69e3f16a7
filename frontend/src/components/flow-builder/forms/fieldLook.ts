import type { SchemaField } from '../schemaFields.ts';

export interface FieldInputProps {
  field: SchemaField;
  value: unknown;
  onChange: (value: unknown) => void;
  error: string | undefined;
  /** Any field may hold a template, which is a text. */
  templates: boolean;
  readOnly: boolean;
}

/** A value as text; empty for what is none. */
export function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

/** Values as a list, whatever was stored. */
export function asList(value: unknown): (string | number)[] {
  if (!Array.isArray(value))
    return value === undefined || value === null || value === '' ? [] : [asText(value)];
  return value.flatMap((each: unknown) =>
    typeof each === 'string' || typeof each === 'number' ? [each] : [],
  );
}

/** What all inputs of a form have in common. */
export function lookOf({ field, error, readOnly }: FieldInputProps) {
  return {
    label: field.title,
    description: field.description,
    error,
    required: field.required,
    withAsterisk: false,
    disabled: readOnly,
    name: field.name,
    ...(asText(field.usual) === '' ? {} : { placeholder: asText(field.usual) }),
  };
}

/** What a choice comes to while nothing is chosen; what is typed shows it as a hint only. */
export function shownValue({ field, value }: FieldInputProps): unknown {
  const isChosen = field.kind === 'switch' || field.kind === 'choice' || field.kind === 'choices';
  return value === undefined && isChosen ? field.usual : value;
}
