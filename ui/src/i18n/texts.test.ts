import { describe, expect, test } from 'vitest';
import { areas as en } from './en';
import { areas as es } from './es';

type Texts = { [key: string]: string | Texts };

function flat(texts: Texts, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(texts).flatMap(([key, text]) => (typeof text === 'string' ? [[prefix + key, text] as const] : [...flat(text, `${prefix}${key}.`)])),
  );
}

const plural = /_(?:zero|one|two|few|many|other)$/;
const names = (texts: Texts) => new Set([...flat(texts).keys()].map((key) => key.replace(plural, '')));
const variables = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

describe.each(Object.keys(en) as (keyof typeof en)[])('texts of %s', (area) => {
  test('exist in both languages', () => {
    expect([...names(es[area])].sort()).toEqual([...names(en[area])].sort());
  });

  test('are never empty and name the same variables', () => {
    const english = flat(en[area]);
    // The singular may leave the number out ("one object"); every other text names what the English one names.
    const differing = [...flat(es[area])].filter(([key, text]) => {
      const original = english.get(key) ?? english.get(key.replace(plural, '_other')) ?? '';
      return text.trim() === '' || (!key.endsWith('_one') && String(variables(text)) !== String(variables(original)));
    });
    expect(differing).toEqual([]);
  });

  test.each([['en', en], ['es', es]] as const)('have every plural form that %s needs', (language, texts) => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const keys = new Set(flat(texts[area]).keys());
    const needed = [...keys].filter((key) => plural.test(key)).flatMap((key) => forms.map((form) => key.replace(plural, `_${form}`)));
    expect(needed.filter((key) => !keys.has(key))).toEqual([]);
  });
});
