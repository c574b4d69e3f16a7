import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';

const closeButtonProps = { 'aria-label': 'Close the message' };

export function notifyDone(message: ReactNode): void {
  notifications.show({
    closeButtonProps,
    message,
    icon: <IconCheck size={16} />,
    color: 'leaf',
    autoClose: 5000,
  });
}

export function notifyError(title: string, error: { message: string }): void {
  notifications.show({
    closeButtonProps,
    title,
    message: error.message,
    icon: <IconAlertTriangle size={16} />,
    color: 'red',
    autoClose: 10_000,
  });
}
