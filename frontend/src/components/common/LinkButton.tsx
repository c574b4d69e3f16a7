import { Button, type ButtonProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link, type To } from 'react-router';

/** A link that looks like a button. */
export function LinkButton({ to, children, ...look }: ButtonProps & { to: To; children: ReactNode }) {
  return (
    <Button {...look} renderRoot={(props) => <Link to={to} {...props} />}>
      {children}
    </Button>
  );
}
