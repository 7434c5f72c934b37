import { useTranslation } from 'react-i18next';

/** Words for the types and states of accounts, the same as in forms. */
export function useAccountWords(): (attribute: 'type' | 'status', value: string | undefined) => string {
  const { i18n } = useTranslation('values');
  return (attribute, value) => {
    const key = `account.${attribute}.${value}`;
    return value !== undefined && i18n.exists(key, { ns: 'values' }) ? i18n.t(key as never, { ns: 'values' }) : (value ?? '');
  };
}
