import { notifications } from '@mantine/notifications';

/** Says that something worked. */
export function toastDone(message: string): void {
  notifications.show({ message, color: 'petrol', autoClose: 4000, withBorder: true });
}

/** Says that something failed; it stays until it is read. */
export function toastFailed(message: string): void {
  notifications.show({ message, color: 'red', autoClose: false, withBorder: true });
}
