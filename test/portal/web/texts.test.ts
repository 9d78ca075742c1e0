import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatMessage, placeholdersOf, pluralFormsOf } from '../../../src/portal/web/i18n/message.ts';

const WEB = join(import.meta.dirname, '../../../src/portal/web');
const LANGUAGES = ['nl', 'fr', 'de'] as const;
const AREAS = globSync('*.json', { cwd: join(WEB, 'texts/en') }).sort();

function textsOf(language: string, area: string): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(join(WEB, 'texts', language, area), 'utf8'));
}

test('each language has the files of the others', () => {
  expect(AREAS.length).toBeGreaterThan(5);
  for (const language of LANGUAGES) {
    expect(globSync('*.json', { cwd: join(WEB, 'texts', language) }).sort()).toEqual(AREAS);
  }
});

describe.each(AREAS)('%s', (area) => {
  const english = textsOf('en', area);

  test.each(LANGUAGES)(
    'in %s every text is there, none is empty or surplus, and each is filled in alike',
    (language) => {
      const texts = textsOf(language, area);
      expect(Object.keys(texts)).toEqual(Object.keys(english)); // and in the same order, so that files can be compared
      for (const [key, text] of Object.entries(texts)) {
        expect(text.trim(), `${language}/${area} ${key}`).not.toBe('');
        expect(placeholdersOf(text), `${language}/${area} ${key}`).toEqual(placeholdersOf(english[key] ?? ''));
      }
    },
  );

  test('every plural has the forms its language needs', () => {
    for (const language of ['en', ...LANGUAGES]) {
      const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories.filter((one) => one !== 'many');
      for (const [key, text] of Object.entries(textsOf(language, area))) {
        for (const forms of pluralFormsOf(text)) {
          expect([...forms].filter((form) => !form.startsWith('=')).sort(), `${language} ${key}`).toEqual(
            [...needed].sort(),
          );
        }
      }
    }
  });

  test('every text is shown somewhere', () => {
    const sources = globSync('**/*.{ts,tsx}', { cwd: WEB })
      .map((file) => readFileSync(join(WEB, file), 'utf8'))
      .join('\n');
    const room = basename(area, '.json');
    const begins = [...sources.matchAll(/[`'](\w+\.[\w.-]*)\$\{/g)].map(([, begin]) => begin ?? '');
    const unused = Object.keys(english).filter((key) => {
      const name = `${room}.${key}`;
      return !sources.includes(`'${name}'`) && !begins.some((begin) => begin.includes('.') && name.startsWith(begin));
    });
    expect(unused).toEqual([]);
  });
});

test('a text is filled in with numbers as the locale writes them, and with the right plural', () => {
  const text = '{name}: {count, plural, =0 {nothing} one {# file} other {# files of {name}}}';
  expect(formatMessage(text, { name: 'x', count: 0 }, 'en-GB')).toBe('x: nothing');
  expect(formatMessage(text, { name: 'x', count: 1 }, 'en-GB')).toBe('x: 1 file');
  expect(formatMessage(text, { name: 'x', count: 12_345 }, 'en-GB')).toBe('x: 12,345 files of x');
  expect(formatMessage('{n} octets', { n: 12_345 }, 'de-BE')).toBe('12.345 octets');
  expect(() => formatMessage('{absent}', {}, 'en-GB')).toThrow('{absent}');
});
