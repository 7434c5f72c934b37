import { ActionIcon, Button, Group, Input, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useLabel } from '@/api/schema';
import type { FieldProps } from './Field';

interface Pair {
  code: string;
  label: string;
}

/** A list of codes with the words people read for them: the allowed values of an attribute. */
export function PairsField({ attribute, value, onChange, error, readOnly = false }: FieldProps) {
  const { t } = useTranslation('form');
  const label = useLabel()(attribute);
  const pairs = Array.isArray(value) ? (value as Pair[]) : [];
  const replace = (at: number, pair: Pair) => onChange(pairs.map((each, index) => (index === at ? pair : each)));
  return (
    <Input.Wrapper label={label} description={attribute.hint} error={error} labelElement="div">
      <Stack gap={6} role="group" aria-label={label}>
        {pairs.map((pair, index) => (
          // Rows have no identity but their place.
          // oxlint-disable-next-line react/no-array-index-key
          <Group key={index} gap={6} wrap="nowrap">
            <TextInput w={160} aria-label={t('pairs.code')} placeholder={t('pairs.code')} readOnly={readOnly} value={pair.code} onChange={(event) => replace(index, { ...pair, code: event.currentTarget.value })} />
            <TextInput flex={1} aria-label={t('pairs.label')} placeholder={t('pairs.label')} readOnly={readOnly} value={pair.label} onChange={(event) => replace(index, { ...pair, label: event.currentTarget.value })} />
            {readOnly ? null : <ActionIcon aria-label={t('pairs.remove', { code: pair.code })} onClick={() => onChange(pairs.filter((_, at) => at !== index))}><IconTrash size={14} /></ActionIcon>}
          </Group>
        ))}
        {readOnly ? null : (
          <Button w="fit-content" variant="subtle" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => onChange([...pairs, { code: '', label: '' }])}>{t('pairs.add')}</Button>
        )}
      </Stack>
    </Input.Wrapper>
  );
}
