import { Progress } from '@mantine/core';

/** A bar that says that something is under way; how far it has come nobody knows. */
export function Working({ label, size }: { label: string; size?: 'xs' }) {
  return (
    <Progress.Root role="progressbar" aria-label={label} {...(size ? { size, radius: 0 } : {})}>
      <Progress.Section value={100} animated withAria={false} />
    </Progress.Root>
  );
}
