import { Textarea, TextInput } from '@mantine/core';
import { useRef, type ReactNode } from 'react';
import { useFormSurroundings } from './FormContext.ts';
import styles from './forms.module.css';
import { VariableMenu } from './VariableMenu.tsx';

interface TemplateFieldProps {
  label: string;
  description?: ReactNode;
  error?: string | undefined;
  required?: boolean;
  name: string;
  value: string;
  onChange: (value: string) => void;
  disabled?: boolean;
  placeholder?: string;
  unit?: string | null;
  isLong?: boolean;
}

/** A text with the customer's values in it: chosen by name, put in where the cursor stands. */
export function TemplateField({ value, onChange, isLong = false, label, unit, ...look }: TemplateFieldProps) {
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  // Where the cursor was: the menu takes the focus away.
  const cursor = useRef<[number, number] | null>(null);
  const surroundings = useFormSurroundings();
  const keepCursor = () => {
    const { selectionStart, selectionEnd } = field.current ?? {};
    if (typeof selectionStart === 'number' && typeof selectionEnd === 'number')
      cursor.current = [selectionStart, selectionEnd];
  };
  const insert = (name: string) => {
    const [start, end] = cursor.current ?? [value.length, value.length];
    const text = `{{ ${name} }}`;
    onChange(value.slice(0, start) + text + value.slice(end));
    const after = start + text.length;
    cursor.current = [after, after];
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(after, after);
    });
  };
  const props = {
    ...look,
    label,
    withAsterisk: false,
    value,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
    onSelect: keepCursor,
    onBlur: keepCursor,
  };
  return (
    <div>
      {isLong ? (
        <Textarea ref={field} {...props} autosize minRows={8} maxRows={24} />
      ) : (
        <TextInput
          ref={field}
          {...props}
          {...(unit
            ? { rightSection: <span className={styles.unit}>{unit}</span>, rightSectionWidth: 72 }
            : {})}
        />
      )}
      {surroundings && !look.disabled ? <VariableMenu label={label} onInsert={insert} /> : null}
    </div>
  );
}
