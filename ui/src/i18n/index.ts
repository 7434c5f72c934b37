import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { speak } from '@/api/transport';

/** The languages the console speaks, named in themselves. */
export const languages = { en: 'English', es: 'Español' } as const;
export type Language = keyof typeof languages;

const storageKey = 'provost.language';

/** Each language is a chunk of its own: nobody loads the other one. */
const texts = {
  en: () => import('./en'),
  es: () => import('./es'),
};

function isLanguage(code: string | null | undefined): code is Language {
  return code !== null && code !== undefined && code in languages;
}

/** The language chosen in this browser, else the browser's, else English. */
export function preferredLanguage(): Language {
  const stored = localStorage.getItem(storageKey);
  if (isLanguage(stored)) return stored;
  return navigator.languages.map((tag) => tag.split('-')[0]).find(isLanguage) ?? 'en';
}

/** Changes the language of the page, of the server's sentences and of the document for screen readers. */
export async function changeLanguage(language: Language): Promise<void> {
  localStorage.setItem(storageKey, language);
  await load(language);
  await i18next.changeLanguage(language);
}

async function load(language: Language): Promise<void> {
  const { areas } = await texts[language]();
  for (const [area, content] of Object.entries(areas)) i18next.addResourceBundle(language, area, content, true, true);
  speak(language);
  document.documentElement.lang = language;
}

/** Prepares the texts; the first page is drawn only afterwards, so that nobody sees keys. */
export async function startI18n(language: Language = preferredLanguage()): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    defaultNS: 'common',
    interpolation: { escapeValue: false },
    returnNull: false,
    resources: {},
  });
  await load(language);
}
