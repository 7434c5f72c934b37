import { SimpleGrid } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { usePermission } from '@/api/session';
import { Field } from '@/form/Field';

interface ForWhomProps {
  /** Id of the definition that is started. */
  definition: string;
  /** User name; empty for oneself. */
  value: string;
  error?: string;
  onChange: (userName: string) => void;
}

/** On whose behalf a process is started; only for those who may. The person can be chosen without the permission to see users. */
export function ForWhom({ definition, value, error, onChange }: ForWhomProps) {
  const { t } = useTranslation('requests');
  const can = usePermission();
  if (!can('process:start')) return null;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
      <Field
        attribute={{
          name: 'for',
          type: 'reference',
          label: { en: t('forWhom.label'), es: t('forWhom.label') },
          hint: t('forWhom.hint'),
          choices: { resource: 'requests/catalogue', id: definition, field: '', kind: 'user' },
        }}
        value={value}
        error={error}
        onChange={(name) => onChange(typeof name === 'string' ? name : '')}
      />
    </SimpleGrid>
  );
}
