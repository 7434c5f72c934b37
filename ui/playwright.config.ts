import { defineConfig } from '@playwright/test';

/**
 * The stories run against the real binary: e2e/setup.ts starts it with data of its own. `PROVOST_BINARY` names another
 * one than ../bin/provost, `CHROMIUM` another browser than Debian's.
 */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/traces',
  globalSetup: './e2e/setup.ts',
  timeout: 60_000,
  // Pages are only looked at and may be checked side by side; stories stay in their file's order on one worker.
  workers: 2,
  forbidOnly: process.env.CI !== undefined,
  reporter: [['list']],
  use: {
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
