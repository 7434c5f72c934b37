import { notifications } from '@mantine/notifications';
import i18next from 'i18next';

/** The cross of a toast has no text of its own. */
const closing = () => ({ 'aria-label': i18next.t('close', { ns: 'common' }) });

/** Says that something worked. */
export function toastDone(message: string): void {
  notifications.show({ message, color: 'petrol', autoClose: 4000, withBorder: true, closeButtonProps: closing() });
}

/** Says that something failed; it stays until it is read. */
export function toastFailed(message: string): void {
  notifications.show({ message, color: 'red', autoClose: false, withBorder: true, closeButtonProps: closing() });
}
