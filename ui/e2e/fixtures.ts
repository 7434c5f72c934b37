import { AxeBuilder } from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';

interface Fixtures {
  /** A page on which an administrator is signed in. */
  console: Page;
  /** Fails when axe finds anything in either colour scheme, and keeps a screenshot of both. */
  looksRight: (name: string) => Promise<void>;
}

/** Signs in by the form, as a person does. */
export async function signIn(page: Page): Promise<void> {
  await page.goto('/');
  await page.getByLabel('User name').fill(process.env.PROVOST_USER ?? 'admin');
  await page.getByLabel('Password', { exact: true }).fill(process.env.PROVOST_PASSWORD ?? '');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('navigation', { name: 'Main navigation' })).toBeVisible();
}

async function check(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.screenshot({ path: `screenshots/${name}-${colorScheme}.png`, fullPage: true });
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`), `${name}, ${colorScheme}`).toEqual([]);
  }
}

export const test = base.extend<Fixtures>({
  console: async ({ page }, provide) => {
    await signIn(page);
    await provide(page);
  },
  looksRight: async ({ page }, provide) => {
    await provide((name) => check(page, name));
  },
});

export { expect } from '@playwright/test';
