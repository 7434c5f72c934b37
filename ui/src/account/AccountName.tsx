import { Group, Text, VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';

const usable = new Set(['enabled', 'forcedEnabled']);

/** An account's name as guide page 016 draws it: unmanaged ones grey, unusable ones struck through; screen readers are told in words. */
export function AccountName({ name, type, status }: { name?: string; type?: string; status?: string }) {
  const { t } = useTranslation('accounts');
  const off = status !== undefined && !usable.has(status);
  const foreign = type === 'unmanaged';
  return (
    <Group gap={6} wrap="nowrap">
      <Text size="sm" fw={500} td={off ? 'line-through' : undefined} c={foreign ? 'dimmed' : undefined} fs={foreign ? 'italic' : undefined}>{name}</Text>
      {off ? <VisuallyHidden>({t('notUsable')})</VisuallyHidden> : null}
      {foreign ? <Text size="xs" c="dimmed">{t('unmanaged')}</Text> : null}
    </Group>
  );
}
