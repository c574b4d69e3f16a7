import { Modal, type ModalProps } from '@mantine/core';
import { useEffect, useState } from 'react';

/** A dialog that is there as long as it is drawn, and gives the focus back to where it was opened from. */
export function Dialog(
  props: Pick<ModalProps, 'title' | 'size' | 'onClose' | 'children' | 'centered' | 'yOffset'>,
) {
  const [opener] = useState(findOpener);
  useEffect(() => () => giveFocus(opener), [opener]);
  return <Modal opened returnFocus={false} {...props} />;
}

/** What has the focus; of a menu, which closes, the button that opened it. */
function findOpener(): Element | null {
  const focused = document.activeElement;
  const button = focused?.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  return button ? document.getElementById(button) : focused;
}

function giveFocus(opener: Element | null): void {
  const isThere = opener instanceof HTMLElement && opener.isConnected;
  // What opened it may have had its last reason to be there.
  const target = isThere ? opener : document.getElementById('content');
  target?.focus({ preventScroll: true });
}
