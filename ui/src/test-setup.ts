import { cleanup, configure } from '@testing-library/react';
import i18next from 'i18next';
import { afterEach, beforeAll } from 'vitest';
import { startI18n } from './i18n';

// Parts of pages are loaded when they are needed; a busy machine gets more than a second for that.
configure({ asyncUtilTimeout: 10_000 });

beforeAll(async () => {
  await startI18n('en');
  // A text that does not exist fails the test that shows it.
  i18next.options.saveMissing = true;
  i18next.options.missingKeyHandler = (_languages, area, key) => {
    throw new Error(`missing text ${area}:${key}`);
  };
  i18next.services.backendConnector.saveMissing = (_languages: unknown, area: string, key: string) => {
    throw new Error(`missing text ${area}:${key}`);
  };
});

afterEach(cleanup);

// happy-dom has no media queries and no layout; Mantine asks for both.
globalThis.matchMedia ??= ((query: string) => ({
  matches: false, media: query, onchange: null, addEventListener: () => undefined, removeEventListener: () => undefined,
  addListener: () => undefined, removeListener: () => undefined, dispatchEvent: () => false,
})) as typeof globalThis.matchMedia;
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
// Growing text boxes measure themselves again when a font arrives.
Object.defineProperty(document, 'fonts', { value: { addEventListener: () => undefined, removeEventListener: () => undefined } });
