import { Button, CloseButton, Group, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLabel, type Attribute } from '@/api/schema';
import { Chips } from './Chips';
import { FilterInput, type Refusal } from './FilterInput';
import { chipsToScim, modeOf, type ListSearch, type SearchMode } from './search';

interface SearchBarProps {
  search: ListSearch;
  attributes: readonly Attribute[];
  /** The server's sentence when it refused the filter. */
  refusal?: Refusal;
  onChange: (change: Partial<ListSearch>) => void;
}

/** The three searches: words, criteria, SCIM. Going to the advanced one carries the criteria along as text. */
export function SearchBar({ search, attributes, refusal, onChange }: SearchBarProps) {
  const { t } = useTranslation('list');
  const mode = modeOf(search);
  const change = (next: SearchMode) => {
    const carried = next === 'advanced' && mode === 'basic' ? chipsToScim(search.chips ?? [], attributes) : '';
    onChange({ mode: next, ...(carried === '' ? {} : { filter: carried }) });
  };
  return (
    <Group gap="sm" align="flex-start" style={{ flex: 1, minWidth: 0 }}>
      <SegmentedControl
        aria-label={t('search.kind')}
        value={mode}
        onChange={(next) => change(next as SearchMode)}
        data={(['quick', 'basic', 'advanced'] as const).map((value) => ({ value, label: t(`search.${value}`) }))}
      />
      <Stack gap={4} style={{ flex: '1 1 240px', minWidth: 0 }}>
        {mode === 'quick' ? <QuickSearch key={search.q ?? ''} value={search.q ?? ''} attributes={attributes} onSubmit={(q) => onChange({ q })} /> : null}
        {mode === 'basic' ? <Chips chips={search.chips ?? []} attributes={attributes} onChange={(chips) => onChange({ chips })} /> : null}
        {mode === 'advanced' ? (
          <FilterInput value={search.filter ?? ''} attributes={attributes} refusal={refusal} onSubmit={(filter) => onChange({ filter })} />
        ) : null}
      </Stack>
    </Group>
  );
}

function QuickSearch({ value, attributes, onSubmit }: { value: string; attributes: readonly Attribute[]; onSubmit: (q: string) => void }) {
  const { t } = useTranslation('list');
  const label = useLabel();
  const [typed, setTyped] = useState(value);
  useEffect(() => {
    if (typed === value) return undefined;
    // A pause in typing, not each letter, asks the server.
    const timer = setTimeout(() => onSubmit(typed), 350);
    return () => clearTimeout(timer);
  }, [typed, value, onSubmit]);
  const searched = attributes.filter(({ quickSearch }) => quickSearch).map(label);
  return (
    <Group gap="xs" wrap="nowrap">
      <TextInput
        type="search"
        style={{ flex: 1, maxWidth: 460 }}
        aria-label={t('search.quickLabel')}
        placeholder={searched.length > 0 ? t('search.quickIn', { attributes: searched.slice(0, 4).join(', ') }) : t('search.quickLabel')}
        leftSection={<IconSearch size={15} aria-hidden />}
        rightSection={typed === '' ? null : <CloseButton size="sm" aria-label={t('search.clear')} onClick={() => setTyped('')} />}
        value={typed}
        autoFocus={value !== ''}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onSubmit(typed);
        }}
      />
      <Button variant="default" visibleFrom="sm" onClick={() => onSubmit(typed)}>{t('search.go')}</Button>
    </Group>
  );
}
