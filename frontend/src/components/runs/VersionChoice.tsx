import { Radio, Stack } from '@mantine/core';
import type { RetryRequest } from '#backend/schemas/runApi.ts';

interface VersionChoiceProps {
  /** The version that the run is on; null: many runs, each on its own. */
  current: number | null;
  value: RetryRequest['version'];
  onChange: (version: RetryRequest['version']) => void;
}

/** By which version runs go on. */
export function VersionChoice({ current, value, onChange }: VersionChoiceProps) {
  return (
    <Radio.Group
      label="By which version"
      value={value}
      onChange={(chosen) => onChange(chosen === 'newest' ? 'newest' : 'same')}
    >
      <Stack gap="xs" mt={6}>
        <Radio
          value="same"
          label={current === null ? 'The version that each began with' : `Version ${current}, as it began`}
        />
        <Radio value="newest" label="The version that is published now" />
      </Stack>
    </Radio.Group>
  );
}
