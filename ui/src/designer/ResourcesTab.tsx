import { ActionIcon, Alert, Anchor, Button, FileButton, Group, List, Stack, Table, Text } from '@mantine/core';
import { IconAlertTriangle, IconTrash, IconUpload } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { saveFile } from '@/list/csv';
import { useDrawing } from './context';
import type { Resource } from './language';
import { extensionChange, readAll } from './model/extension';
import { bring, merged, textOf, type Brought } from './resources';

/** The files that are attached to a process for its scripts (guide page 052, Resources tab). */
export function ResourcesTab() {
  const { t } = useTranslation('designer');
  const { designer, readOnly } = useDrawing();
  const [rejected, setRejected] = useState<Brought['rejected']>([]);
  const reset = useRef<() => void>(null);
  const process = designer.process();
  if (process === undefined) return null;
  const { element, node } = process;
  const resources = readAll(node, 'idm:Resource');
  const change = (next: Resource[]) => designer.change(element, [extensionChange(designer, node, { 'idm:Resource': next.length === 0 ? undefined : next })]);
  const upload = async (files: File[]) => {
    const brought = await bring(files);
    setRejected(brought.rejected);
    if (brought.resources.length > 0) change(merged(resources, brought.resources));
    reset.current?.();
  };
  return (
    <Stack p="lg">
      <Text size="sm" c="dimmed">{t('resource.hint')}</Text>
      {rejected.length === 0 ? null : (
        <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} />} title={t('resource.rejected')} role="alert">
          <List size="sm">{rejected.map(({ name, why }) => <List.Item key={name}>{name}: {t(`resource.${why}`)}</List.Item>)}</List>
        </Alert>
      )}
      {resources.length === 0 ? <Text size="sm">{t('resource.none')}</Text> : (
        <Table aria-label={t('tab.resources')}>
          <Table.Thead><Table.Tr><Table.Th>{t('resource.name')}</Table.Th><Table.Th>{t('resource.size')}</Table.Th><Table.Th aria-label={t('resource.actions')} /></Table.Tr></Table.Thead>
          <Table.Tbody>
            {resources.map((each) => (
              <Table.Tr key={each.name}>
                <Table.Td><Anchor component="button" type="button" size="sm" onClick={() => saveFile(new Blob([textOf(each)], { type: 'text/plain' }), each.name ?? '')}>{each.name}</Anchor></Table.Td>
                <Table.Td>{t('resource.bytes', { count: new Blob([textOf(each)]).size })}</Table.Td>
                <Table.Td ta="right">
                  {readOnly ? null : <ActionIcon variant="subtle" color="gray" aria-label={t('resource.remove', { name: each.name })} onClick={() => change(resources.filter((other) => other !== each))}><IconTrash size={16} /></ActionIcon>}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {readOnly ? null : (
        <Group>
          <FileButton multiple resetRef={reset} onChange={(files) => void upload(files)}>
            {(props) => <Button {...props} variant="default" leftSection={<IconUpload size={15} aria-hidden />}>{t('resource.upload')}</Button>}
          </FileButton>
        </Group>
      )}
    </Stack>
  );
}
