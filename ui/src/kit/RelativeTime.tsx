import { Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDateTime, formatDistance } from './time';

/** When something happened, as a person says it ("3 hours ago"), with the exact moment on hover and focus. */
export function RelativeTime({ at, empty = '–' }: { at?: string | null; empty?: string }) {
  const { i18n } = useTranslation();
  const [now, setNow] = useState(() => Date.now());

  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);

  if (!at) return <span>{empty}</span>;
  return (
    <Tooltip label={formatDateTime(at, i18n.language)}>
      <time dateTime={at}>{formatDistance(Date.parse(at) - now, i18n.language)}</time>
    </Tooltip>
  );
}
