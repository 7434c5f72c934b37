import { Button, Group, Kbd, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useBlocker } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import classes from './SaveBar.module.css';

interface SaveBarProps {
  /** How many attributes have unsaved changes; the bar is there only when some have. */
  changes: number;
  saving: boolean;
  isNew?: boolean;
  onUndo: () => void;
  onSave: () => void;
}

/** Unsaved changes, at the foot of the page until they are saved or undone. Leaving the page with some asks first. */
export function SaveBar({ changes, saving, isNew = false, onUndo, onSave }: SaveBarProps) {
  const { t } = useTranslation('object');
  const dirty = changes > 0;
  useBlocker({
    // A new object's page is left by saving it, while the form still counts as changed.
    shouldBlockFn: ({ current, next }) => dirty && !saving && current.pathname !== next.pathname && !globalThis.confirm(t('leave')),
    enableBeforeUnload: () => dirty,
  });
  useHotkeys([['mod+S', () => dirty && onSave()]], []);
  if (!dirty) return null;
  return (
    <div className={classes.bar} role="region" aria-label={t('unsaved')}>
      <Text size="sm" fw={500} aria-live="polite">{isNew ? t('notCreated') : t('changes', { count: changes })}</Text>
      <Group gap="xs">
        <Text size="xs" c="dimmed" visibleFrom="sm"><Kbd>Ctrl</Kbd> <Kbd>S</Kbd></Text>
        <Button variant="default" onClick={onUndo}>{t('undo')}</Button>
        <Button loading={saving} onClick={onSave}>{isNew ? t('create') : t('apply')}</Button>
      </Group>
    </div>
  );
}
