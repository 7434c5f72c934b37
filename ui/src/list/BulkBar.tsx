import { Button, Group, Text } from '@mantine/core';
import { IconEdit, IconTrash } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useRemove } from '@/api/hooks';
import { usePermission } from '@/api/session';
import type { Attribute } from '@/api/schema';
import { ConfirmAction, type Confirmation } from '@/kit/ConfirmAction';
import { BulkChange } from './BulkChange';

/** Something a page offers for the selected rows besides changing and deleting them. */
export interface BulkAction {
  label: string;
  icon?: ReactNode;
  permission?: string;
  /** Fewest rows for which it makes sense; merging takes two. */
  atLeast?: number;
  run: (ids: string[]) => void;
}

interface BulkBarProps {
  resource: string;
  attributes: readonly Attribute[];
  selected: ReadonlySet<string>;
  total: number;
  /** The filter of the list, for "all that answer it"; undefined when words are searched, which no filter expresses. */
  filter?: string;
  update?: { permission: string };
  remove?: { permission: string; consequences: (count: number) => ReactNode[] };
  bulkActions?: BulkAction[];
  onDone: () => void;
}

/** What can be done with the selected rows; it takes no room while nothing is selected. */
export function BulkBar({ resource, attributes, selected, total, filter, update, remove, bulkActions = [], onDone }: BulkBarProps) {
  const { t } = useTranslation('list');
  const can = usePermission();
  const removal = useRemove(resource);
  const [asked, setAsked] = useState<Confirmation>();
  const [changing, setChanging] = useState(false);
  const [everything, setEverything] = useState(false);
  if (selected.size === 0) return null;

  const ids = [...selected];
  const meansAll = everything && filter !== undefined;
  const count = meansAll ? total : ids.length;
  const askRemoval = (consequences: ReactNode[]) =>
    setAsked({
      title: t('remove.title', { count: ids.length }),
      action: t('remove.action', { count: ids.length }),
      consequences,
      run: async () => {
        await removal.mutateAsync(ids);
        onDone();
      },
    });

  return (
    <Group px="sm" py={6} gap="xs" bg="var(--provost-selected)" role="toolbar" aria-label={t('selection')}>
      <Text size="sm" fw={500} aria-live="polite">{t('selected', { count })}</Text>
      {filter !== undefined && total > ids.length ? (
        <Button variant="subtle" onClick={() => setEverything(!meansAll)}>{meansAll ? t('onlySelected') : t('selectAll', { count: total })}</Button>
      ) : null}
      {update && can(update.permission) ? (
        <Button variant="default" leftSection={<IconEdit size={14} aria-hidden />} onClick={() => setChanging(true)}>{t('bulk.open')}</Button>
      ) : null}
      {bulkActions.filter(({ permission, atLeast = 1 }) => can(permission) && ids.length >= atLeast && !meansAll).map(({ label, icon, run }) => (
        <Button key={label} variant="default" leftSection={icon} onClick={() => run(ids)}>{label}</Button>
      ))}
      {remove && can(remove.permission) && !meansAll ? (
        <Button variant="default" c="red" leftSection={<IconTrash size={14} aria-hidden />} onClick={() => askRemoval(remove.consequences(ids.length))}>
          {t('remove.open')}
        </Button>
      ) : null}
      <Button variant="subtle" color="gray" onClick={onDone}>{t('clearSelection')}</Button>
      <ConfirmAction confirmation={asked} onClose={() => setAsked(undefined)} />
      {changing ? (
        <BulkChange
          resource={resource}
          attributes={attributes}
          target={meansAll ? { filter } : { ids }}
          count={count}
          onClose={() => setChanging(false)}
        />
      ) : null}
    </Group>
  );
}
