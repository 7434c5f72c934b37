import { Autocomplete, Loader, Stack, TagsInput, Text, type OptionsFilter } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useChoices, type Choice } from './choices';
import { useFieldChrome, type FieldProps } from './Field';

/** The server has searched already, also in what the name does not show. */
const all: OptionsFilter = ({ options }) => options;

/**
 * A reference by name, as processes hold them. The server offers what fits the field, also to people who may not see such objects elsewhere; a
 * name can be typed as well, and the server judges it.
 */
export function NameField(props: FieldProps) {
  const { attribute, value, onChange, readOnly = false } = props;
  const { t } = useTranslation('form');
  const { autoComplete: _, ...chrome } = useFieldChrome(props);
  const [opened, setOpened] = useState(false);
  const [search, setSearch] = useState('');
  const [words] = useDebouncedValue(search, 200);
  const { data: offered = [], isFetching } = useChoices(attribute.choices, words, opened && !readOnly);
  const shared = {
    ...chrome,
    data: [...new Set(offered.map(({ name }) => name))],
    onDropdownOpen: () => setOpened(true),
    filter: all,
    rightSection: isFetching ? <Loader size={14} /> : undefined,
    renderOption: ({ option }: { option: { value: string } }) => <Offered choice={offered.find(({ name }) => name === option.value)} name={option.value} />,
  };
  if (attribute.multiValued) {
    const names = Array.isArray(value) ? value.map(String) : [];
    return <TagsInput {...shared} placeholder={names.length === 0 ? t('addValue') : undefined} value={names} searchValue={search} onSearchChange={setSearch} onChange={onChange} />;
  }
  return (
    <Autocomplete
      {...shared}
      value={typeof value === 'string' ? value : ''}
      onChange={(name) => {
        setSearch(name);
        onChange(name);
      }}
    />
  );
}

function Offered({ choice, name }: { choice?: Choice; name: string }) {
  const hint = [choice?.label === name ? '' : choice?.label, choice?.hint].filter(Boolean).join(' · ');
  return (
    <Stack gap={0}>
      <Text size="sm">{name}</Text>
      {hint === '' ? null : <Text size="xs" c="dimmed">{hint}</Text>}
    </Stack>
  );
}
