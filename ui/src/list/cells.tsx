import { Anchor, Avatar, Text } from '@mantine/core';
import { IconCheck, IconMinus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { nameOf } from '@/api/name';
import type { Attribute } from '@/api/schema';
import { isKnownStatus, StatusBadge } from '@/kit/StatusBadge';
import { ReferenceName } from '@/kit/ReferenceName';
import { RelativeTime } from '@/kit/RelativeTime';
import { formatDate } from '@/kit/time';
import { isEmpty } from '@/form/values';

/** An attribute's value in a list, a fact or a comparison: short, on one line. */
export function Value({ attribute, value }: { attribute: Attribute; value: unknown }): ReactNode {
  const { t, i18n } = useTranslation('form');
  if (isEmpty(value)) return null;
  if (attribute.type === 'pairs' && Array.isArray(value)) return value.map((pair: { code?: string; label?: string }) => pair.label ?? pair.code).join(', ');
  if (Array.isArray(value) && attribute.type !== 'boolean') {
    return value.map((single) => plain(attribute, single)).join(', ');
  }
  switch (attribute.type) {
    case 'boolean':
      return value ? <IconCheck size={16} aria-label={t('yes')} /> : <IconMinus size={16} aria-label={t('no')} />;
    case 'date':
      return <span className="figures">{formatDate(String(value), i18n.language)}</span>;
    case 'dateTime':
      return <RelativeTime at={String(value)} />;
    case 'email':
      return <Anchor href={`mailto:${String(value)}`} size="sm" c="inherit" onClick={(event) => event.stopPropagation()}>{String(value)}</Anchor>;
    case 'photo':
      return <Avatar size={24} src={`data:image/*;base64,${String(value)}`} alt="" />;
    case 'list':
      if (['status', 'state'].includes(attribute.name) && isKnownStatus(String(value))) return <StatusBadge status={String(value)} />;
      return plain(attribute, value);
    case 'reference':
      // Custom references hold nothing but the id; built-in ones hold the name.
      return attribute.idName === undefined && attribute.resource && uuid.test(String(value)) ? <ReferenceName resource={attribute.resource} id={String(value)} /> : plain(attribute, value);
    case 'script':
      return <Text span size="sm" ff="monospace" lineClamp={2}>{String(value)}</Text>;
    case 'password':
      return '••••••';
    case 'binary':
    case 'attachment':
      return <Text span size="sm" c="dimmed">{nameOf(value) || t('file')}</Text>;
    case 'html':
      return String(value).replaceAll(/<[^>]*>/g, ' ');
    default:
      return plain(attribute, value);
  }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function plain(attribute: Attribute, value: unknown): string {
  if (typeof value === 'object' && value !== null) return nameOf(value);
  return attribute.values?.find((option) => option.value === value)?.label ?? String(value);
}
