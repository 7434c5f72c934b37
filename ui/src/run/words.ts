import { useTranslation } from 'react-i18next';

/** Words for the codes of runs (kinds, steps, actions, counters, object types); an unknown code is shown as it is. */
export function useRunWords(): (group: 'kind' | 'phase' | 'action' | 'counter' | 'type' | 'source', code: string | undefined) => string {
  const { i18n } = useTranslation('run');
  return (group, code) => {
    const key = `words.${group}.${code}`;
    return code !== undefined && i18n.exists(key, { ns: 'run' }) ? i18n.t(key as never, { ns: 'run' }) : (code ?? '');
  };
}
