import { useTranslation } from 'react-i18next';

/** Words for the codes of the trail; a code without words is shown as it is. */
export function useAuditWords(): (group: 'action' | 'type' | 'origin', code: string | undefined) => string {
  const { i18n } = useTranslation('audit');
  return (group, code) => {
    const key = `${group}.${code}`;
    return code !== undefined && i18n.exists(key, { ns: 'audit' }) ? i18n.t(key as never, { ns: 'audit' }) : (code ?? '');
  };
}
