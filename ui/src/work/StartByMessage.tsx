import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address, send } from '@/api/resource';
import { usePermission } from '@/api/session';
import type { Values } from '@/form/values';
import { FormDialog } from '@/kit/FormDialog';
import { useChange } from '@/kit/refresh';
import { toastDone } from '@/kit/toast';
import { carried, messageKey, messageValues, type StartMessage } from './messages';
import { processTitle, type Process } from './model';

/** The messages that start processes, of one definition or of all; none for whoever may not send them. */
export function useStartMessages(code?: string): StartMessage[] {
  const can = usePermission();
  const { data } = useQuery({
    queryKey: ['process-definitions', 'messages'],
    queryFn: async ({ signal }) => (await send('GET', address('requests', ['messages']), { signal })).json() as Promise<StartMessage[]>,
    enabled: can('process:start'),
  });
  return (data ?? []).filter((each) => code === undefined || each.code === code);
}

/** Starts a process by a message, as another program would, and leads to the process. */
export function StartByMessage({ messages, onClose }: { messages: readonly StartMessage[]; onClose: () => void }) {
  const { t } = useTranslation('requests');
  const change = useChange();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState(messages.length === 1 && messages[0] ? messageKey(messages[0]) : '');
  // One dialog sends one message: sent again after a lost answer, it starts nothing more.
  const [key] = useState(() => crypto.randomUUID());
  const message = messages.find((each) => messageKey(each) === chosen);
  const fields = message?.fields ?? [];
  const choices = messages.map((each) => ({ value: messageKey(each), label: `${each.message} · ${each.name}` }));
  const submit = async ({ values }: Values) => {
    const body = { definition: message?.code, name: message?.message, key, values: messageValues(fields, values) };
    const started = (await (await change('POST', address('requests', ['messages']), { body })).json()) as Process;
    toastDone(t('message.done', { message: message?.message, name: processTitle(started) }));
    await navigate({ to: `/processes/${started.id}` });
  };
  return (
    <FormDialog
      title={t('message.title')}
      hint={t('message.hint')}
      attributes={[{ name: 'message', type: 'list', required: true, label: { en: t('message.name'), es: t('message.name') }, hint: message?.description, values: choices }, ...carried(fields, t('message.byName'))]}
      initial={{ message: chosen }}
      action={t('message.send')}
      onChange={(values) => setChosen(String(values.message ?? ''))}
      onSubmit={submit}
      onClose={onClose}
    />
  );
}
