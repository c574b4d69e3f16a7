import { Select } from '@mantine/core';
import { asList, asText, lookOf, type FieldInputProps } from './fieldLook.ts';
import { useFormSurroundings } from './FormContext.ts';
import { OptionPicker } from './OptionPicker.tsx';
import { TemplateField } from './TemplateField.tsx';

/** Something of the tenant's or the workspace's, by name; in an action also what an earlier step came to. */
export function OptionField(props: FieldInputProps) {
  const { field, value, onChange, templates, readOnly } = props;
  const isMany = field.kind === 'options';
  const isTemplate = typeof value === 'string' && value.includes('{{');
  if (!field.options) return null;
  const { required: _, withAsterisk: __, ...look } = lookOf(props);
  if (isTemplate && templates) {
    return <TemplateField {...look} value={value} onChange={(text) => onChange(text || undefined)} />;
  }
  return (
    <div>
      <OptionPicker
        {...look}
        isMany={isMany}
        kind={field.options}
        value={asList(value)}
        onChange={(chosen) => onChange(isMany ? chosen : chosen[0])}
      />
      {templates && !isMany && !readOnly ? <UseValue title={field.title} onChange={onChange} /> : null}
    </div>
  );
}

/** Lets a picker's field hold what an earlier step came to. */
function UseValue({ title, onChange }: { title: string; onChange: (value: string) => void }) {
  const { stepValues = [] } = useFormSurroundings() ?? {};
  const offered = stepValues.filter(({ choices }) => choices.length === 0);
  if (offered.length === 0) return null;
  return (
    <Select
      size="xs"
      mt={4}
      variant="unstyled"
      aria-label={`${title}: take it from an earlier step`}
      placeholder="… or take it from an earlier step"
      data={offered.map((each) => ({ value: each.name, label: `${each.group}: ${each.title}` }))}
      value={null}
      onChange={(name) => name && onChange(`{{ ${name} }}`)}
      searchable
    />
  );
}

/** Another step of the flow. */
export function StepField(props: FieldInputProps) {
  const { value, onChange } = props;
  const { steps = [] } = useFormSurroundings() ?? {};
  const chosen = asText(value);
  const known = steps.some(({ id }) => id === chosen);
  const data = steps.map(({ id, title }) => ({ value: id, label: title }));
  return (
    <Select
      {...lookOf(props)}
      placeholder="Choose a step"
      data={known || chosen === '' ? data : [...data, { value: chosen, label: 'A step that is gone' }]}
      value={chosen === '' ? null : chosen}
      onChange={(id) => onChange(id ?? '')}
      searchable
      allowDeselect={false}
    />
  );
}
