import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { Guarded } from './Guarded';
import { MissingPage } from './MissingPage';
import { pages, type Page } from './pages';
import { Root } from './Root';
import { Broken } from './Broken';

const root = createRootRoute({ component: Root, notFoundComponent: MissingPage, errorComponent: Broken });

function routeOf({ path, load, permission }: Page) {
  const Lazy = lazyRouteComponent(load) as ComponentType & { preload?: () => Promise<void> };
  const component = Object.assign(() => <Guarded permission={permission}><Lazy /></Guarded>, { preload: () => Lazy.preload?.() });
  return createRoute({ getParentRoute: () => root, path, component });
}

/** The router over all pages; a page's code is fetched when the pointer rests on a link to it. */
export const router = createRouter({
  routeTree: root.addChildren(pages.map(routeOf)),
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: Broken,
});
