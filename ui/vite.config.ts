import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { precompress } from './precompress';

/** Where `vite` forwards everything that is not the console itself; `make dev` sets it when the server listens elsewhere. */
const server = process.env.PROVOST_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), precompress()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    // emptyOutDir would also delete the tracked .gitkeep, without which `go build` fails on a fresh clone.
    emptyOutDir: false,
    manifest: true,
    chunkSizeWarningLimit: 700,
  },
  server: {
    // The language of processes and their templates are those of ../bpm.
    fs: { allow: ['.', '../bpm'] },
    proxy: Object.fromEntries(
      ['/api', '/scim2', '/temporal', '/docs', '/openapi.json'].map((path) => [path, { target: server, xfwd: true }]),
    ),
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test-setup.ts'],
    restoreMocks: true,
    testTimeout: 30_000,
  },
});
