import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { momentOf, wallTime } from './zonedTime.ts';

interface LiveFromFieldProps {
  /** As an ISO time. */
  value: string;
  zone: string;
  readOnly: boolean;
  onDraft: (moment: string) => void;
}

/** From when on news mails anybody, told in the tenant's zone. */
export function LiveFromField({ value, zone, readOnly, onDraft }: LiveFromFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <TextInput
      type="datetime-local"
      label="Live from"
      description={`What happened in ServiceTitan before this moment is history: customers get their state, and nobody an e-mail. Time zone: ${zone}.`}
      readOnly={readOnly}
      value={typed ?? wallTime(value, zone)}
      onChange={(event) => {
        const wall = event.currentTarget.value;
        setTyped(wall);
        const moment = momentOf(wall, zone);
        if (moment !== null) onDraft(moment);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}
