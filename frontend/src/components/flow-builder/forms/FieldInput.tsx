import { NumberInput, PasswordInput, Switch, Textarea, TextInput } from '@mantine/core';
import { ChoiceField, ChoicesField } from './ChoiceFields.tsx';
import { ConditionsEditor } from './ConditionsEditor.tsx';
import { asList, asText, lookOf, shownValue, type FieldInputProps } from './fieldLook.ts';
import { OptionField, StepField } from './ReferenceFields.tsx';
import { SharesEditor } from './SharesEditor.tsx';
import { TemplateField } from './TemplateField.tsx';

/** One field of a form, as its kind asks for. */
export function FieldInput(entered: FieldInputProps) {
  const props = { ...entered, value: shownValue(entered) };
  const { field, value, onChange, error, templates, readOnly } = props;
  const look = lookOf(props);
  const onText = (event: { currentTarget: { value: string } }) =>
    onChange(event.currentTarget.value || undefined);
  switch (field.kind) {
    case 'choice':
      return <ChoiceField {...props} />;
    case 'choices':
      return <ChoicesField {...props} />;
    case 'option':
    case 'options':
      return <OptionField {...props} />;
    case 'conditions':
      return (
        <ConditionsEditor
          label={field.title}
          description={field.description}
          error={error}
          value={value}
          onChange={onChange}
          readOnly={readOnly}
        />
      );
    case 'shares':
      return (
        <SharesEditor
          label={field.title}
          error={error}
          value={value}
          onChange={onChange}
          readOnly={readOnly}
        />
      );
    case 'node':
      return <StepField {...props} />;
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
    case 'time':
      return <TextInput {...look} type="time" value={asText(value)} onChange={onText} />;
    case 'number':
      if (templates) {
        return (
          <TemplateField
            {...look}
            unit={field.unit}
            value={asText(value)}
            onChange={(text) => onChange(text || undefined)}
          />
        );
      }
      return (
        <NumberInput
          {...look}
          {...(field.unit ? { suffix: ` ${field.unit}` } : {})}
          value={typeof value === 'number' ? value : asText(value)}
          onChange={(given) => onChange(given === '' ? undefined : given)}
          allowNegative={false}
          hideControls
        />
      );
    case 'lines':
      return <LinesField {...props} />;
    case 'secret':
      return <PasswordInput {...look} value={asText(value)} onChange={onText} autoComplete="off" />;
    case 'text':
    case 'longText': {
      const isLong = field.kind === 'longText';
      if (templates || field.isTemplate) {
        return (
          <TemplateField
            {...look}
            isLong={isLong}
            value={asText(value)}
            onChange={(text) => onChange(text || undefined)}
          />
        );
      }
      return isLong ? (
        <Textarea {...look} value={asText(value)} onChange={onText} autosize minRows={8} maxRows={24} />
      ) : (
        <TextInput {...look} value={asText(value)} onChange={onText} />
      );
    }
  }
}

/** A text with one entry in each line; a list is stored as one. */
function LinesField(props: FieldInputProps) {
  const { field, value, onChange } = props;
  const text = Array.isArray(value) ? asList(value).join('\n') : asText(value);
  const lines = (entered: string) => (field.isList ? entered.split('\n') : entered || undefined);
  return (
    <Textarea
      {...lookOf(props)}
      description={field.description ?? 'One in each line.'}
      value={text}
      onChange={(event) => onChange(lines(event.currentTarget.value))}
      onBlur={() => {
        const full = text.split('\n').filter((line) => line.trim() !== '');
        if (Array.isArray(value) && full.length < value.length) onChange(full);
      }}
      autosize
      minRows={3}
      maxRows={10}
    />
  );
}
