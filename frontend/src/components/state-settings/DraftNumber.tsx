import { NumberInput, type NumberInputProps } from '@mantine/core';
import { useState } from 'react';

interface DraftNumberProps extends Omit<NumberInputProps, 'value' | 'onChange' | 'onBlur'> {
  min: number;
  value: number;
  /** Called with what may be drafted: nothing while the field is empty or below its least. */
  onDraft: (value: number | undefined) => void;
}

/** A number of the settings; while it is being typed it may be none, and shows what is typed all the same. */
export function DraftNumber({ value, onDraft, ...field }: DraftNumberProps) {
  const [typed, setTyped] = useState<number | string | null>(null);
  return (
    <NumberInput
      {...field}
      hideControls={field.readOnly ?? false}
      value={typed ?? value}
      onChange={(next) => {
        setTyped(next);
        onDraft(typeof next === 'number' && next >= field.min ? next : undefined);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}
