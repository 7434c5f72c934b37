import { useTranslation } from 'react-i18next';
import { useNow } from './clock';
import { formatDateTime, formatDistance } from './time';

/**
 * When something happened, as a person says it ("3 hours ago"), with the exact moment on hover. The browser's own hint
 * and not a tooltip: a list has a hundred of them.
 */
export function RelativeTime({ at, empty = '–' }: { at?: string | null; empty?: string }) {
  const { i18n } = useTranslation();
  const now = useNow();
  if (!at) return <span>{empty}</span>;
  return <time dateTime={at} title={formatDateTime(at, i18n.language)}>{formatDistance(Date.parse(at) - now, i18n.language)}</time>;
}
