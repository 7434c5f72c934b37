import { useTranslation } from 'react-i18next';
import type { Attribute } from '@/api/schema';
import { processTypes, type ProcessType } from '@/designer/language';
import { FormDialog } from '@/kit/FormDialog';
import { useNewDraft } from '@/process/definitions';
import { fromTemplate } from '@/process/templates';

/** Begins a process: a name, a folder, and a type, whose template it starts from. */
export function NewDraftDialog({ onMade, onClose }: { onMade: (id: string) => void; onClose: () => void }) {
  const { t, i18n } = useTranslation('processes');
  const designer = useTranslation('designer').t;
  const draft = useNewDraft();
  const word = (text: string) => ({ [i18n.language]: text });
  const attributes: Attribute[] = [
    { name: 'name', type: 'string', label: word(t('new.name')), required: true, maxLength: 200 },
    { name: 'folder', type: 'string', label: word(t('new.folder')), hint: t('new.folderHint') },
    { name: 'type', type: 'list', label: word(t('new.type')), required: true, hint: t('new.typeHint'), values: processTypes.map((value) => ({ value, label: designer(`type.${value}`) })) },
  ];
  return (
    <FormDialog
      title={t('new.title')}
      attributes={attributes}
      initial={{ type: 'user' }}
      action={t('new.action')}
      onClose={onClose}
      onSubmit={async ({ name, folder, type }) => {
        const wanted = { name: String(name).trim(), folder: String(folder ?? '').trim(), type: type as ProcessType };
        const made = await draft.mutateAsync({ name: wanted.name, source: await fromTemplate(wanted) });
        onMade(made.id);
      }}
    />
  );
}
