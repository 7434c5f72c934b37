import { Loader, MultiSelect, Select, Stack, Text, type ComboboxItem, type MultiSelectProps, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keys, useList } from '@/api/hooks';
import { hintOf, idOf, nameOf } from '@/api/name';
import { address, readObject, type Entity } from '@/api/resource';

interface ReferencePickerProps extends Pick<SelectProps, 'label' | 'description' | 'error' | 'variant' | 'withAsterisk' | 'disabled' | 'placeholder' | 'aria-label'> {
  /** The resource that is searched: `users`, `groups`, … */
  resource: string;
  many?: boolean;
  /** A SCIM filter every candidate must meet. */
  filter?: string;
  value: unknown;
  /** Gets the id, or the ids; null for nothing. The name comes with a single one. */
  onChange: (value: string | string[] | null, name?: string) => void;
}

interface Choice extends ComboboxItem {
  hint: string;
}

function choice(object: Entity): Choice {
  return { value: object.id, label: nameOf(object), hint: hintOf(object) };
}

/** Names of the chosen objects: references that carry no name are looked up, once each. */
function useChosen(resource: string, references: unknown[]): Choice[] {
  const bare = references.filter((reference): reference is string => typeof reference === 'string');
  const found = useQueries({
    queries: bare.map((id) => ({
      queryKey: keys.object(resource, id),
      queryFn: () => readObject<Entity>(address(resource, [id])),
      staleTime: 300_000,
    })),
  });
  return references.map((reference) => {
    if (typeof reference !== 'string') return choice(reference as Entity);
    // What cannot be read (gone, or out of reach) is shown as it is written rather than left out.
    return choice({ ...found[bare.indexOf(reference)]?.data?.object, id: reference });
  });
}

/** Picks objects by searching on the server, so that it is as quick with a million users as with ten. */
export function ReferencePicker({ resource, many = false, filter, value, onChange, ...chrome }: ReferencePickerProps) {
  const { t } = useTranslation('form');
  const [search, setSearch] = useState('');
  const [question] = useDebouncedValue(search, 200);
  const [opened, setOpened] = useState(false);
  const references = (Array.isArray(value) ? value : [value]).filter((reference) => idOf(reference) !== undefined);
  const chosen = useChosen(resource, references);
  const isLabel = chosen.some(({ label }) => label === question);
  const { data, isFetching } = useList(resource, { q: isLabel ? '' : question, filter, size: 20 }, opened);

  const offered = (data?.rows ?? []).map(choice);
  const options = [...chosen.filter(({ value: id }) => !offered.some((other) => other.value === id)), ...offered];
  const shared = {
    ...chrome,
    data: options,
    searchable: true,
    clearable: true,
    onSearchChange: setSearch,
    onDropdownOpen: () => setOpened(true),
    // The server has already searched, also in attributes that the label does not show.
    filter: ({ options: all }: { options: unknown[] }) => all,
    rightSection: isFetching ? <Loader size={14} /> : undefined,
    nothingFoundMessage: isFetching ? t('searching') : t('nothingFound'),
    renderOption: ({ option }: { option: ComboboxItem }) => <Option choice={option as Choice} />,
  };

  if (many) {
    return (
      <MultiSelect
        {...(shared as unknown as MultiSelectProps)}
        searchValue={search}
        value={chosen.map(({ value: id }) => id)}
        onChange={(ids) => onChange(ids)}
      />
    );
  }
  return <Select {...(shared as unknown as SelectProps)} value={chosen[0]?.value ?? null} onChange={(id, option) => onChange(id, option?.label)} />;
}

function Option({ choice: { label, hint } }: { choice: Choice }) {
  return (
    <Stack gap={0}>
      <Text size="sm">{label}</Text>
      {hint ? <Text size="xs" c="dimmed">{hint}</Text> : null}
    </Stack>
  );
}
