import { AppShell, Burger, Group, Kbd, Text, Tooltip, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCloudOff, IconSearch } from '@tabler/icons-react';
import { useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLiveEvents } from '@/api/events';
import type { Session } from '@/api/session';
import { KeyboardHelp } from './KeyboardHelp';
import { Logo } from './Logo';
import { Navigation } from './Navigation';
import { openPalette, Palette } from './Palette';
import classes from './Shell.module.css';
import { UserMenu } from './UserMenu';

/** What stands round every page: navigation, search, the person's menu. */
export function Shell({ session, children }: { session: Session; children: ReactNode }) {
  const { t } = useTranslation('shell');
  const [opened, { toggle, close }] = useDisclosure();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const main = useRef<HTMLElement>(null);
  const live = useLiveEvents(true);

  // On a phone the menu covers the page it has just led to.
  useEffect(close, [pathname, close]);

  return (
    <>
      <a
        className="skip-link"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t('skip')}
      </a>
      <AppShell layout="alt" header={{ height: 52 }} navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !opened } }} padding="lg">
        <AppShell.Header className={classes.header}>
          <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('menu')} />
          <UnstyledButton className={classes.search} onClick={openPalette}>
            <IconSearch size={15} aria-hidden />
            <Text span size="sm" c="dimmed" flex={1}>{t('search')}</Text>
            <Group gap={3} visibleFrom="sm" wrap="nowrap"><Kbd size="xs">Ctrl</Kbd><Kbd size="xs">K</Kbd></Group>
          </UnstyledButton>
          <Group gap="sm" wrap="nowrap">
            {live ? null : (
              <Tooltip label={t('staleHint')}>
                {/* Focusable, because the explanation is in the tooltip. */}
                {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
                <Group gap={4} wrap="nowrap" tabIndex={0} role="status"><IconCloudOff size={16} aria-hidden /><Text size="xs" visibleFrom="sm">{t('stale')}</Text></Group>
              </Tooltip>
            )}
            <UserMenu user={session.user} />
          </Group>
        </AppShell.Header>
        <AppShell.Navbar className={classes.navbar}>
          <Group h={52} px="md" justify="space-between" wrap="nowrap">
            <Logo />
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('menu')} />
          </Group>
          <Navigation />
        </AppShell.Navbar>
        <AppShell.Main ref={main} id="main" tabIndex={-1} className={classes.main}>
          <div className={classes.page}>{children}</div>
        </AppShell.Main>
      </AppShell>
      <Palette />
      <KeyboardHelp />
    </>
  );
}
