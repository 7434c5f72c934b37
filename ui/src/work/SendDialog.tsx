import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address } from '@/api/resource';
import type { Values } from '@/form/values';
import { FormDialog } from '@/kit/FormDialog';
import { useChange } from '@/kit/refresh';
import { toastDone } from '@/kit/toast';
import { JsonValues, useJsonReader } from './JsonValues';
import { waitKey } from './messages';
import { processTitle, type ProcessDetail } from './model';

/** Gives a process a message or a signal that it waits for. */
export function SendDialog({ process, onClose }: { process: ProcessDetail; onClose: () => void }) {
  const { t } = useTranslation('process');
  const change = useChange();
  const read = useJsonReader();
  const [source, setSource] = useState('');
  const waits = process.waits;
  const choices = new Map(waits.map((wait) => [waitKey(wait), t(wait.key === '' ? `send.${wait.type}` : 'send.keyed', { name: wait.name, element: wait.element, key: wait.key })]));
  const submit = async ({ what }: Values) => {
    const wait = waits.find((each) => waitKey(each) === what);
    const values = read(source);
    await change('POST', address('processes', [process.id, 'message']), { body: { kind: wait?.type, name: wait?.name, key: wait?.key || undefined, values } });
    toastDone(t('send.done', { process: processTitle(process), name: wait?.name }));
  };
  return (
    <FormDialog
      title={t('send.title', { name: processTitle(process) })}
      hint={t('send.hint')}
      attributes={[{ name: 'what', type: 'list', required: true, label: { en: t('send.what'), es: t('send.what') }, values: [...choices].map(([value, label]) => ({ value, label })) }]}
      initial={{ what: waits[0] === undefined ? '' : waitKey(waits[0]) }}
      action={t('send.action')}
      onSubmit={submit}
      onClose={onClose}
    >
      <JsonValues label={t('send.values')} source={source} onChange={setSource} />
    </FormDialog>
  );
}
