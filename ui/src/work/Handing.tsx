import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconArrowBackUp, IconCalendarTime, IconDots, IconHandGrab, IconRefresh, IconUserShare } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address } from '@/api/resource';
import type { Attribute } from '@/api/schema';
import type { Values } from '@/form/values';
import { useFailureText } from '@/kit/Failure';
import { FormDialog } from '@/kit/FormDialog';
import { useChange } from '@/kit/refresh';
import { toastDone, toastFailed } from '@/kit/toast';
import type { TaskDetail } from './model';

/** Taking a task, giving it back, handing it to somebody else, and noting when it will be done. */
export function Handing({ task, onReload }: { task: TaskDetail; onReload: () => void }) {
  const { t } = useTranslation('tasks');
  const change = useChange();
  const failure = useFailureText();
  const [dialog, setDialog] = useState<'delegate' | 'schedule'>();
  const may = (what: TaskDetail['may'][number]) => task.may.includes(what);
  const hand = (verb: 'claim' | 'release' | 'recall') =>
    void change('POST', address('tasks', [task.id, verb]))
      .then(() => toastDone(t(`hand.${verb}Done`)))
      .catch((error: unknown) => toastFailed(failure(error)));
  return (
    <>
      {may('claim') ? <Button variant="default" leftSection={<IconHandGrab size={15} aria-hidden />} onClick={() => hand('claim')}>{t('hand.claim')}</Button> : null}
      {may('release') ? <Button variant="default" leftSection={<IconArrowBackUp size={15} aria-hidden />} onClick={() => hand('release')}>{t('hand.release')}</Button> : null}
      {may('recall') ? <Button variant="default" onClick={() => hand('recall')}>{t('hand.recall')}</Button> : null}
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" size="input-xs" aria-label={t('hand.more')}><IconDots size={16} /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconRefresh size={15} />} onClick={onReload}>{t('hand.reload')}</Menu.Item>
          {may('delegate') ? <Menu.Item leftSection={<IconUserShare size={15} />} onClick={() => setDialog('delegate')}>{t('hand.delegate')}</Menu.Item> : null}
          {may('schedule') ? <Menu.Item leftSection={<IconCalendarTime size={15} />} onClick={() => setDialog('schedule')}>{t('hand.schedule')}</Menu.Item> : null}
        </Menu.Dropdown>
      </Menu>
      {dialog === 'delegate' ? <Delegate task={task} onClose={() => setDialog(undefined)} /> : null}
      {dialog === 'schedule' ? <Schedule task={task} onClose={() => setDialog(undefined)} /> : null}
    </>
  );
}

function Delegate({ task, onClose }: { task: TaskDetail; onClose: () => void }) {
  const { t } = useTranslation('tasks');
  const change = useChange();
  const attributes: Attribute[] = [
    { name: 'to', type: 'reference', required: true, label: { en: t('hand.to'), es: t('hand.to') }, choices: { resource: 'tasks', id: task.id, field: '', kind: 'user' } },
    { name: 'comment', type: 'multiline', label: { en: t('comment'), es: t('comment') } },
  ];
  const submit = async (values: Values) => {
    await change('POST', address('tasks', [task.id, 'delegate']), { body: { to: values.to, comment: values.comment || undefined } });
    toastDone(t('hand.delegateDone', { user: values.to }));
  };
  return <FormDialog title={t('hand.delegate')} hint={t('hand.delegateHint')} attributes={attributes} action={t('hand.delegate')} onSubmit={submit} onClose={onClose} />;
}

function Schedule({ task, onClose }: { task: TaskDetail; onClose: () => void }) {
  const { t } = useTranslation('tasks');
  const change = useChange();
  const attributes: Attribute[] = [{ name: 'at', type: 'dateTime', label: { en: t('hand.at'), es: t('hand.at') } }];
  const submit = async (values: Values) => {
    await change('POST', address('tasks', [task.id, 'schedule']), { body: { at: values.at || undefined } });
    toastDone(t(values.at ? 'hand.scheduleDone' : 'hand.unscheduleDone'));
  };
  return <FormDialog title={t('hand.schedule')} hint={t('hand.scheduleHint')} attributes={attributes} initial={{ at: task.scheduledFor }} action={t('hand.keep')} onSubmit={submit} onClose={onClose} />;
}
