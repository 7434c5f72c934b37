import { ActionIcon, Button, Group, Menu, Popover, TextInput } from '@mantine/core';
import { IconBookmark, IconDeviceFloppy, IconLink, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toastDone } from '@/kit/toast';
import type { ListSearch } from './search';
import { useViews } from './views';

/** Saved views: take one up, keep the present one under a name, copy its link for a colleague. */
export function ViewMenu({ resource, search, onOpen }: { resource: string; search: ListSearch; onOpen: (search: ListSearch) => void }) {
  const { t } = useTranslation('list');
  const { views, save, remove } = useViews(resource);
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState('');
  const keep = () => {
    if (name.trim() === '') return;
    save(name.trim(), search);
    setNaming(false);
    setName('');
    toastDone(t('views.saved', { name: name.trim() }));
  };
  const share = async () => {
    await navigator.clipboard.writeText(globalThis.location.href);
    toastDone(t('views.copied'));
  };
  return (
    <Popover opened={naming} onChange={setNaming} position="bottom-end" shadow="md" trapFocus withRoles={false}>
      <Popover.Target>
        <span>
          <Menu>
            <Menu.Target>
              <Button variant="default" className="sign-on-phone" leftSection={<IconBookmark size={15} aria-hidden />}>{t('views.title')}</Button>
            </Menu.Target>
            <Menu.Dropdown miw={240}>
              <Menu.Label>{t('views.mine')}</Menu.Label>
              <Menu.Item onClick={() => onOpen({})}>{t('views.standard')}</Menu.Item>
              {views.map((view) => (
                <Group key={view.name} gap={0} wrap="nowrap">
                  <Menu.Item onClick={() => onOpen(view.search)}>{view.name}</Menu.Item>
                  <ActionIcon aria-label={t('views.remove', { name: view.name })} onClick={() => remove(view.name)}><IconTrash size={14} /></ActionIcon>
                </Group>
              ))}
              <Menu.Divider />
              <Menu.Item leftSection={<IconDeviceFloppy size={14} />} onClick={() => setNaming(true)}>{t('views.save')}</Menu.Item>
              <Menu.Item leftSection={<IconLink size={14} />} onClick={() => void share()}>{t('views.share')}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </span>
      </Popover.Target>
      <Popover.Dropdown>
        <Group gap="xs" align="flex-end">
          <TextInput
            label={t('views.name')}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') keep();
            }}
          />
          <Button onClick={keep}>{t('views.keep')}</Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}
