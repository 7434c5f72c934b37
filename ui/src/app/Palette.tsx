import '@mantine/spotlight/styles.css';
import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { createSpotlight, Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight';
import { IconKeyboard, IconMoon, IconPlus, IconSearch, IconSun } from '@tabler/icons-react';
import { useQueries } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keys } from '@/api/hooks';
import { hintOf, nameOf } from '@/api/name';
import { address, readPage, type Entity } from '@/api/resource';
import { usePermission } from '@/api/session';
import { openKeyboardHelp } from './KeyboardHelp';
import { pages } from './pages';
import { searchable } from './searchable';

const [store, palette] = createSpotlight();

/** Opens the palette, as Ctrl-K does. */
export const openPalette = palette.open;

function matches(words: string, label: string): boolean {
  const lower = label.toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => lower.includes(word));
}

/** Finds pages, objects (by asking the server) and actions. */
export function Palette() {
  const { t } = useTranslation('shell');
  const [words, setWords] = useState('');
  const found = useFound(words);
  const groups: SpotlightActionGroupData[] = [
    { group: t('palette.pages'), actions: usePages().filter(({ label = '' }) => matches(words, label)) },
    ...found,
    { group: t('palette.actions'), actions: useActions().filter(({ label = '' }) => matches(words, label)) },
  ].filter(({ actions }) => actions.length > 0);
  return (
    <Spotlight
      store={store}
      actions={groups}
      query={words}
      onQueryChange={setWords}
      // Pages and actions are filtered above, objects by the server, which also looks where the label does not show.
      filter={(_, actions) => actions}
      shortcut={['mod + K', '/']}
      clearQueryOnClose
      attributes={{ content: { 'aria-label': t('search') } }}
      scrollable
      maxHeight={440}
      nothingFound={t('palette.nothing')}
      searchProps={{ leftSection: <IconSearch size={18} aria-hidden />, placeholder: t('palette.hint'), 'aria-label': t('search') }}
    />
  );
}

function usePages(): SpotlightActionData[] {
  const { t } = useTranslation('shell');
  const can = usePermission();
  const navigate = useNavigate();
  return pages.flatMap(({ path, nav, permission }) =>
    nav !== undefined && can(nav.permission ?? permission)
      ? [{ id: path, label: t(nav.label), leftSection: <nav.icon size={18} stroke={1.6} aria-hidden />, onClick: () => void navigate({ to: path }) }]
      : [],
  );
}

function useFound(words: string): SpotlightActionGroupData[] {
  const { t } = useTranslation('shell');
  const can = usePermission();
  const navigate = useNavigate();
  const [question] = useDebouncedValue(words.trim(), 200);
  const sources = searchable.filter(({ permission }) => can(permission));
  const answers = useQueries({
    queries: sources.map(({ resource }) => ({
      queryKey: keys.list(resource, { palette: question }),
      queryFn: ({ signal }: { signal: AbortSignal }) => readPage<Entity>(address(resource, [], { q: question, size: 5 }), signal),
      enabled: question.length > 1,
    })),
  });
  return sources.map(({ resource, label, href }, index) => ({
    group: t(label),
    actions: question.length < 2 ? [] : (answers[index]?.data?.rows ?? []).map((object) => ({
      id: `${resource}-${object.id}`,
      label: nameOf(object),
      description: hintOf(object),
      onClick: () => void navigate({ to: href(object.id) }),
    })),
  }));
}

function useActions(): SpotlightActionData[] {
  const { t } = useTranslation('shell');
  const can = usePermission();
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  return [
    ...(can('user:create') ? [{ id: 'new-user', label: t('action.newUser'), leftSection: <IconPlus size={18} aria-hidden />, onClick: () => void navigate({ to: '/users/new' }) }] : []),
    {
      id: 'colours',
      label: t(dark ? 'action.light' : 'action.dark'),
      leftSection: dark ? <IconSun size={18} aria-hidden /> : <IconMoon size={18} aria-hidden />,
      onClick: () => setColorScheme(dark ? 'light' : 'dark'),
    },
    { id: 'keyboard', label: t('keyboard.title'), leftSection: <IconKeyboard size={18} aria-hidden />, onClick: openKeyboardHelp },
  ];
}
