import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useListBelow } from '@/api/hooks';
import { address } from '@/api/resource';
import type { components } from '@/api/api.gen';
import type { Values } from '@/form/values';
import { FormDialog } from '@/kit/FormDialog';
import { useChange } from '@/kit/refresh';
import { toastDone } from '@/kit/toast';
import { processTitle, type ProcessDetail } from './model';

type Element = components['schemas']['ProcessElement'];

/** What a process is at, and where it can be put, as choices. */
export function placesToMove(places: readonly string[], elements: readonly Element[]) {
  const choice = ({ id, name }: Element) => ({ value: id, label: name ? `${name} (${id})` : id });
  return { from: elements.filter(({ id }) => places.includes(id)).map(choice), to: elements.filter(({ id }) => !places.includes(id)).map(choice) };
}

/** Puts a process at another element, past what its definition says. */
export function MoveDialog({ process, onClose }: { process: ProcessDetail; onClose: () => void }) {
  const { t } = useTranslation('process');
  const change = useChange();
  const { data } = useListBelow<Element>('processes', process.id, 'elements');
  const choices = placesToMove(process.places, data?.rows ?? []);
  const [from, setFrom] = useState<string>();
  const [to, setTo] = useState<string>();
  const move = async ({ reason }: Values) => {
    await change('POST', address('processes', [process.id, 'move']), { body: { from: from ?? choices.from[0]?.value, to: to ?? choices.to[0]?.value, reason } });
    toastDone(t('move.done'));
  };
  return (
    <FormDialog
      title={t('move.title', { name: processTitle(process) })}
      hint={t('move.hint')}
      attributes={[{ name: 'reason', type: 'multiline', required: true, label: { en: t('reason'), es: t('reason') } }]}
      action={t('move.action')}
      onSubmit={move}
      onClose={onClose}
    >
      <NativeSelect label={t('move.from')} data={choices.from} value={from ?? choices.from[0]?.value ?? ''} onChange={(event) => setFrom(event.currentTarget.value)} />
      <NativeSelect label={t('move.to')} data={choices.to} value={to ?? choices.to[0]?.value ?? ''} onChange={(event) => setTo(event.currentTarget.value)} />
    </FormDialog>
  );
}
