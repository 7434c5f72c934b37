import { useTranslation } from 'react-i18next';
import type { Element } from '../model/moddle';
import { FlagField, LongTextField, TextField } from './fields';
import { PrincipalsField } from './PrincipalsField';
import { Section } from './Section';
import { useExtension } from './useExtension';

/** A mail: to whom, about what, and its text, all of which may hold #{expressions}. */
export function MailDetails({ element, title, hint }: { element: Element; title: string; hint?: string }) {
  const { t } = useTranslation('designer');
  const [mail, change] = useExtension(element, 'idm:Mail');
  return (
    <Section title={title} hint={hint}>
      <PrincipalsField label={t('mail.actors')} value={mail.actors} onCommit={(actors) => change({ actors })} />
      <TextField label={t('mail.address')} value={mail.address} onCommit={(address) => change({ address })} />
      <TextField label={t('mail.subject')} value={mail.subject} onCommit={(subject) => change({ subject })} />
      <LongTextField label={t('mail.text')} value={mail.body} onCommit={(body) => change({ body })} />
      <FlagField label={t('mail.shortcut')} description={t('mail.shortcutHint')} value={mail.shortcut} onCommit={(shortcut) => change({ shortcut })} />
    </Section>
  );
}
