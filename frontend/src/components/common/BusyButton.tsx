import { Button, Loader, type ButtonProps } from '@mantine/core';
import type { MouseEvent } from 'react';

interface BusyButtonProps extends Omit<ButtonProps, 'loading' | 'disabled'> {
  type?: 'button' | 'submit';
  'aria-label'?: string;
  /** It works already. */
  isBusy?: boolean;
  /** There is nothing to do, or something else is under way. */
  isOff?: boolean;
  onClick?: () => void;
}

/** A button that takes no second press while it works, and keeps the focus: a disabled one would lose it. */
export function BusyButton({
  type = 'button',
  isBusy = false,
  isOff = false,
  leftSection,
  onClick,
  ...look
}: BusyButtonProps) {
  const rests = isBusy || isOff;
  return (
    <Button
      {...look}
      {...(isOff && !isBusy ? { 'data-disabled': true } : {})}
      type={type}
      leftSection={isBusy ? <Loader size={14} color="currentColor" aria-hidden /> : leftSection}
      aria-busy={isBusy}
      aria-disabled={rests}
      onClick={(event: MouseEvent) => {
        // Of a form, this keeps Enter from sending it, too.
        if (rests) event.preventDefault();
        else onClick?.();
      }}
    />
  );
}
