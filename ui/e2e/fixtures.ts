import { AxeBuilder } from '@axe-core/playwright';
import { chromium, test as base, expect, type APIRequestContext, type BrowserContextOptions, type Page } from '@playwright/test';
import { patience, startPlatform, type Ready } from './platform';
import { signIn } from './sign-in';

type Session = Exclude<BrowserContextOptions['storageState'], string | undefined>;

/** What a worker keeps for all its tests: a platform that no other worker touches, and the administrator's session. */
interface WorkerFixtures {
  ready: Ready;
  session: Session;
}

interface Fixtures {
  /** The API as the signed-in administrator, for preparing a story and looking at its effect. */
  api: Api;
  /** Fails when axe finds anything in either colour scheme or when the page is wider than a phone; with PROVOST_SCREENS set, screenshots of all three are kept. */
  looksRight: (name: string) => Promise<void>;
}

/** The REST interface in few words; what is refused fails the story with the server's sentence. */
export class Api {
  constructor(private readonly request: APIRequestContext, private readonly origin: string) {}

  async get<Result>(path: string, params: Record<string, string> = {}): Promise<Result> {
    const response = await this.request.get(`/api/v1${path}`, { params });
    expect(response.ok(), await response.text()).toBe(true);
    return (await response.json()) as Result;
  }

  async send(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, data?: unknown): Promise<unknown> {
    const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const response = await this.request.fetch(`/api/v1${path}`, { method, data, headers: { Origin: this.origin, 'Content-Type': contentType } });
    expect(response.ok(), await response.text()).toBe(true);
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  }

  /** Deploys a definition of a process. */
  async deploy(file: string, source: string): Promise<void> {
    const response = await this.request.post('/api/v1/process-definitions', { params: { file }, data: source, headers: { Origin: this.origin, 'Content-Type': 'application/xml' } });
    expect(response.ok(), await response.text()).toBe(true);
  }

  /** The first object that a filter finds. */
  async first<Row>(resource: string, filter: string): Promise<Row & { id: string }> {
    const rows = await this.get<(Row & { id: string })[]>(`/${resource}`, { filter, size: '1' });
    expect(rows, `${resource} with ${filter}`).not.toHaveLength(0);
    return rows[0] as Row & { id: string };
  }
}

const keepScreens = process.env.PROVOST_SCREENS !== undefined;

/**
 * Waits until the page wears the scheme and its colours have reached what they change to: what is measured on the way belongs to neither. The console learns
 * of the scheme by an event of its own and writes it on the document; only the frame after that begins the transitions.
 */
async function settled(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  const consoles = page.locator('html[data-mantine-color-scheme]');
  if ((await consoles.count()) > 0) await expect(consoles).toHaveAttribute('data-mantine-color-scheme', colorScheme);
  await page.evaluate(async () => {
    const frame = () => new Promise((painted) => requestAnimationFrame(painted));
    await frame();
    await frame();
    const finite = document.getAnimations().filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(finite.map((animation) => animation.finished));
  });
}

async function check(page: Page, name: string): Promise<void> {
  const before = page.viewportSize();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await settled(page, colorScheme);
    if (keepScreens) await page.screenshot({ path: `test-results/screens/${name}-${colorScheme}.png`, fullPage: true });
    // Only what is wrong is reported: writing down all that is right takes axe as long as looking. The dark scheme differs in colours alone: it is asked what depends on them.
    // The legacy mode leaves out frames of other origins, of which there are none, and saves a page of its own for every result.
    const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode();
    const rules = colorScheme === 'light' ? axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']) : axe.withRules(['color-contrast', 'link-in-text-block']);
    const { violations } = await rules.analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`), `${name}, ${colorScheme}`).toEqual([]);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  if (keepScreens) await page.screenshot({ path: `test-results/screens/${name}-phone.png` });
  const beyond = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await expect.poll(beyond, `${name} is wider than a phone, in pixels`).toBe(0);
  if (before) await page.setViewportSize(before);
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  // oxlint-disable-next-line no-empty-pattern
  ready: [async ({}, provide) => {
    const { ready, stop } = await startPlatform();
    await provide(ready);
    await stop();
  }, { scope: 'worker', timeout: patience }],
  // The form is used once, as a person uses it; the tests go on with its cookie.
  session: [async ({ ready, launchOptions }, provide) => {
    const browser = await chromium.launch(launchOptions);
    const page = await browser.newPage({ baseURL: ready.url, locale: 'en-GB' });
    await signIn(page, ready);
    const session = await page.context().storageState();
    await browser.close();
    await provide(session);
  }, { scope: 'worker' }],
  baseURL: async ({ ready }, provide) => provide(ready.url),
  storageState: async ({ session }, provide) => provide(session),
  api: async ({ context, ready }, provide) => provide(new Api(context.request, ready.url)),
  looksRight: async ({ page }, provide) => {
    await provide((name) => check(page, name));
  },
});

export { expect } from '@playwright/test';
