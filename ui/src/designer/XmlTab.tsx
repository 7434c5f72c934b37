import { Button, CopyButton, Group, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ScriptEditor } from '@/editor/ScriptEditor';
import { useDrawing } from './context';

/** The document as it would be saved, to read and to copy. */
export function XmlTab() {
  const { t } = useTranslation('designer');
  const { designer } = useDrawing();
  const { data: xml = '' } = useQuery({ queryKey: ['process-xml', designer.id, designer.edition], queryFn: () => designer.xml(), gcTime: 0, placeholderData: keepPreviousData });
  return (
    <Stack p="lg">
      <Group justify="space-between">
        <Text size="sm" c="dimmed">{t('xml.hint')}</Text>
        <CopyButton value={xml}>
          {({ copied, copy }) => <Button variant="default" leftSection={copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />} onClick={copy}>{t(copied ? 'xml.copied' : 'xml.copy')}</Button>}
        </CopyButton>
      </Group>
      <ScriptEditor label={t('tab.xml')} value={xml} language="html" readOnly minLines={20} />
    </Stack>
  );
}
