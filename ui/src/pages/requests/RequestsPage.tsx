import { Button, Tabs } from '@mantine/core';
import { IconMail } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PageHeader } from '@/kit/PageHeader';
import { ListPage } from '@/list/ListPage';
import { Catalogue } from '@/work/Catalogue';
import { useValueAttributes } from '@/work/columns';
import { processCells } from '@/work/processCells';
import { StartByMessage, useStartMessages } from '@/work/StartByMessage';
import type { Process } from '@/work/model';

/** What a person may ask for, and what became of what they asked for (guide pages 005 and 006). */
export default function RequestsPage() {
  const { t } = useTranslation('requests');
  const search: { view?: unknown } = useSearch({ strict: false });
  if (search.view !== 'mine') {
    return (
      <>
        <PageHeader title={t('title')} hint={t('hint.catalogue')}><SendMessage /></PageHeader>
        <Views current="catalogue" />
        <Catalogue />
      </>
    );
  }
  return <Mine />;
}

/** For those who may start processes by messages, where a definition begins with one. */
function SendMessage() {
  const { t } = useTranslation('requests');
  const messages = useStartMessages();
  const [open, setOpen] = useState(false);
  if (messages.length === 0) return null;
  return (
    <>
      <Button variant="default" leftSection={<IconMail size={15} aria-hidden />} onClick={() => setOpen(true)}>{t('message.open')}</Button>
      {open ? <StartByMessage messages={messages} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function Mine() {
  const { t, i18n } = useTranslation('requests');
  const more = useValueAttributes('requests', i18n.language);
  return (
    <ListPage<Process>
      title={t('title')}
      hint={t('hint.mine')}
      resource="requests"
      objectType="process"
      more={more}
      keep={{ view: 'mine' }}
      above={<Views current="mine" />}
      columns={['number', 'name', 'status', 'startedAt', 'endedAt', 'steps']}
      href={(process) => `/processes/${process.id}`}
      empty={{ title: t('empty.title'), hint: t('empty.hint') }}
      cells={processCells}
    />
  );
}

function Views({ current }: { current: 'catalogue' | 'mine' }) {
  const { t } = useTranslation('requests');
  const navigate = useNavigate();
  return (
    <Tabs value={current} mb="sm" onChange={(view) => void navigate({ to: '.', search: (view === 'mine' ? { view } : {}) as never })}>
      <Tabs.List aria-label={t('views')}>
        <Tabs.Tab value="catalogue">{t('view.catalogue')}</Tabs.Tab>
        <Tabs.Tab value="mine">{t('view.mine')}</Tabs.Tab>
      </Tabs.List>
    </Tabs>
  );
}
