import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';

export function notifyDone(message: ReactNode): void {
  notifications.show({ message, icon: <IconCheck size={16} />, color: 'leaf', autoClose: 5000 });
}

export function notifyError(title: string, error: Error): void {
  notifications.show({
    title,
    message: error.message,
    icon: <IconAlertTriangle size={16} />,
    color: 'red',
    autoClose: 10_000,
  });
}
