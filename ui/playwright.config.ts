import { defineConfig } from '@playwright/test';

/**
 * The stories run against a real server that is already there: `PROVOST_URL` names it, PROVOST_USER and
 * PROVOST_PASSWORD sign in. `provost dev --json` prints all three.
 */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  timeout: 30_000,
  // One database is shared by all stories; running them side by side would let one see the other's objects.
  workers: 1,
  forbidOnly: process.env.CI !== undefined,
  reporter: [['list'], ['html', { open: 'never' }]],
  use: {
    baseURL: process.env.PROVOST_URL ?? 'http://127.0.0.1:8080',
    viewport: { width: 1360, height: 860 },
    locale: 'en-GB',
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync',
      ],
    },
  },
});
