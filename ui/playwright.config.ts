import { defineConfig } from '@playwright/test';

/**
 * The stories run against the real binary: each worker starts one with data of its own (e2e/platform.ts), so that no
 * story meets what another has changed. `PROVOST_BINARY` names another one than ../bin/provost, `CHROMIUM` another
 * browser than Debian's.
 */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/traces',
  timeout: 30_000,
  expect: { timeout: 10_000 },
  // Every worker is a whole platform, most of whose time is waiting: two fit a small machine.
  workers: 2,
  forbidOnly: process.env.CI !== undefined,
  reporter: [['list']],
  use: {
    viewport: { width: 1360, height: 860 },
    locale: 'en-GB',
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
    trace: 'off', // it costs a fifth of the time; `--trace on` for a story that fails
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync',
      ],
    },
  },
});
