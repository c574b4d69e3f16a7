import { Select, Stack } from '@mantine/core';
import { FieldInput } from './forms/FieldInput.tsx';
import styles from './forms/forms.module.css';
import { isShown, readSchemaFields, type SchemaField } from './schemaFields.ts';
import { chooseBranch, readSchemaUnion, type SchemaUnion } from './schemaUnion.ts';

type Values = Record<string, unknown>;

interface SchemaFormProps {
  schema: unknown;
  values: Values;
  onChange: (field: string, values: Values) => void;
  /** What is wrong with which field. */
  errors?: Record<string, string>;
  /** Any field may be a template, which is a text. */
  templates?: boolean;
  readOnly?: boolean;
  /** Draws only the fields that it accepts. */
  shows?: (field: string) => boolean;
}

/** A form drawn from a JSON Schema. */
export function SchemaForm(props: SchemaFormProps) {
  const union = readSchemaUnion(props.schema);
  return union ? <UnionForm {...props} union={union} /> : <PlainForm {...props} />;
}

/** One of several forms; what they have in common is kept when another is chosen. */
function UnionForm({ union, ...props }: SchemaFormProps & { union: SchemaUnion }) {
  const { values, onChange, readOnly = false } = props;
  const { discriminator, branches, title } = union;
  const branch = branches.find(({ value }) => value === values[discriminator]);
  const choose = (value: string | null) => {
    const next = value === null ? null : chooseBranch(union, value, values);
    if (next) onChange(discriminator, next);
  };
  return (
    <Stack gap="md">
      <div data-field={discriminator}>
        <Select
          label={title}
          data={branches.map((each) => ({ value: each.value, label: each.title }))}
          value={branch?.value ?? null}
          onChange={choose}
          error={props.errors?.[discriminator]}
          disabled={readOnly}
          allowDeselect={false}
          name={discriminator}
        />
      </div>
      {branch ? <PlainForm {...props} schema={branch.schema} /> : null}
    </Stack>
  );
}

function PlainForm({ schema, values, onChange, shows, ...rest }: SchemaFormProps) {
  const fields = readSchemaFields(schema).filter(
    (field) => (shows?.(field.name) ?? true) && isShown(field, values),
  );
  const input = (field: SchemaField) => (
    <div key={field.name} data-field={field.name}>
      <FieldInput
        field={field}
        value={values[field.name]}
        onChange={(value) => {
          const { [field.name]: _, ...others } = values;
          onChange(field.name, value === undefined ? others : { ...others, [field.name]: value });
        }}
        error={rest.errors?.[field.name]}
        templates={rest.templates ?? false}
        readOnly={rest.readOnly ?? false}
      />
    </div>
  );
  return (
    <Stack gap="md">
      {pairsOf(fields).map((group) =>
        group.length === 1 ? (
          group.map(input)
        ) : (
          <div key={group[0]?.name} className={styles.pair}>
            {group.map(input)}
          </div>
        ),
      )}
    </Stack>
  );
}

/** A number and its unit stand side by side. */
function pairsOf(fields: readonly SchemaField[]): SchemaField[][] {
  const groups: SchemaField[][] = [];
  for (const field of fields) {
    const last = groups.at(-1);
    if (field.name === 'unit' && last?.length === 1 && last[0]?.kind === 'number') last.push(field);
    else groups.push([field]);
  }
  return groups;
}
