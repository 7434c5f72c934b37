import { NavLink, ScrollArea } from '@mantine/core';
import { Link, useRouterState } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePermission } from '@/api/session';
import { groups, pages } from './pages';
import classes from './Shell.module.css';

/** Whether an address lies on a page or below it. */
export function isBelow(pathname: string, path: string): boolean {
  return path === '/' ? pathname === '/' : pathname === path || pathname.startsWith(`${path}/`);
}

/** The page an address belongs to: of the pages above it the nearest, so that only one is marked. */
export function nearest(pathname: string, paths: readonly string[]): string | undefined {
  return paths.filter((path) => isBelow(pathname, path)).sort((one, other) => other.length - one.length)[0];
}

/** The pages a person may open, grouped as they know them; a group without any is not shown. */
export function Navigation() {
  const { t } = useTranslation('shell');
  const can = usePermission();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const open = pages.filter(({ nav, permission }) => nav !== undefined && can(nav.permission ?? permission));
  const here = nearest(pathname, open.map(({ path }) => path));
  return (
    <ScrollArea component="nav" aria-label={t('navigation')} px="xs" pb="md" type="hover" scrollbarSize={6}>
      {groups.map((group) => {
        const members = open.filter(({ nav }) => nav?.group === group);
        if (members.length === 0) return null;
        return (
          <section key={group} aria-labelledby={`nav-${group}`}>
            <p id={`nav-${group}`} className={classes.group}>{t(`group.${group}`)}</p>
            {members.map(({ path, nav }) => {
              if (nav === undefined) return null;
              const active = path === here;
              return (
                <NavLink
                  key={path}
                  component={Link}
                  to={path}
                  activeOptions={{ exact: true }}
                  className={classes.link}
                  active={active}
                  aria-current={active ? 'page' : undefined}
                  label={t(nav.label)}
                  leftSection={<nav.icon size={17} stroke={1.7} aria-hidden />}
                  rightSection={nav.Count ? <nav.Count /> : null}
                />
              );
            })}
          </section>
        );
      })}
    </ScrollArea>
  );
}
