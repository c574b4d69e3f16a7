import { ActionIcon } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from 'react-router';

/** The way up to where a screen belongs. */
export function BackLink({ to, label }: { to: string; label: string }) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={label}
      title={label}
      renderRoot={(props) => <Link to={to} {...props} />}
    >
      <IconArrowLeft size={18} />
    </ActionIcon>
  );
}
