import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { RelativeTime } from '@/kit/RelativeTime';
import type { ProcessDraft } from '@/process/definitions';

/** Somebody else saved the draft meanwhile. A drawing cannot be merged attribute by attribute: one side is kept as a whole. */
export function ConflictDialog({ theirs, onSettle, onClose }: { theirs: ProcessDraft; onSettle: (side: 'mine' | 'theirs') => void; onClose: () => void }) {
  const { t } = useTranslation('designer');
  return (
    <Modal opened onClose={onClose} size="lg" title={t('conflict.title')}>
      <Stack>
        <Text size="sm">{t('conflict.explain', { who: theirs.updatedBy })} <RelativeTime at={theirs.updatedAt} /></Text>
        <Text size="sm">{t('conflict.advice')}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t('conflict.later')}</Button>
          <Button variant="default" onClick={() => onSettle('theirs')}>{t('conflict.theirs')}</Button>
          <Button color="red" onClick={() => onSettle('mine')}>{t('conflict.mine')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
