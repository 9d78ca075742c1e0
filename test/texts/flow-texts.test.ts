import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { meaningsIn } from '../../src/submissions/flow-guide/meanings.ts';
import { FIELD_MEANINGS, meaningIn } from '../../src/texts/field-meanings.ts';
import { FLOW_ANSWER_TEXTS } from '../../src/texts/flow-answer-texts.ts';
import { FLOW_FORMAT_TEXTS } from '../../src/texts/flow-format-texts.ts';
import { FLOW_GUIDE_TEXTS } from '../../src/texts/flow-guide-texts.ts';
import { sayIn } from '../../src/texts/flow-say.ts';
import type { Sentences } from '../../src/texts/sentences.ts';
import { LANGUAGES } from '../../src/texts/texts.ts';

const ROOT = join(import.meta.dirname, '../..');
const TABLES = [FLOW_GUIDE_TEXTS, FLOW_ANSWER_TEXTS, FLOW_FORMAT_TEXTS];
const TEXTS: readonly (readonly [string, Sentences])[] = TABLES.flatMap((table) => Object.entries(table));

function textsOf(pattern: string): readonly string[] {
  return globSync(pattern, { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), 'utf8'));
}

/** What is filled in, what is written as code, and what stands out: the same in every language. */
function marksOf(text: string): readonly string[] {
  return [...text.matchAll(/\{\w+\}|`[^`]+`/g), ...text.matchAll(/\*\*/g)].map(([mark]) => mark).toSorted();
}

function faultsOf(key: string, texts: Readonly<Record<string, string>>, languages: readonly string[]) {
  const english = texts.en ?? key;
  const faults = languages.flatMap((language) => {
    const text = texts[language] ?? '';
    if (text.trim() === '' || text !== text.trim()) return [`${language} is empty or has blanks around it`];
    if (marksOf(text).join() !== marksOf(english).join()) return [`${language} has other marks`];
    // Words of one language may be those of another; sentences are not.
    return language !== 'en' && text === english && text.split(' ').length > 2 ? [`${language} is English`] : [];
  });
  const surplus = Object.keys(texts).filter((language) => !languages.includes(language));
  return [...faults, ...surplus.map((language) => `${language} is no language`)].map((fault) => `${key}: ${fault}`);
}

test('every text of the pages of flows is there in four languages, with the same marks', () => {
  expect(TEXTS.flatMap(([key, texts]) => faultsOf(key, texts, LANGUAGES))).toEqual([]);
  expect(new Set(TEXTS.map(([key]) => key)).size).toBe(TEXTS.length);
});

test('a text that is empty, English, surplus or filled in otherwise is told', () => {
  const texts = { nl: '', fr: 'all of it {a}', de: 'alles {b}', en: 'all of it {a}', it: 'tutto' };
  expect(faultsOf('k', texts, LANGUAGES)).toEqual([
    'k: nl is empty or has blanks around it',
    'k: fr is English',
    'k: de has other marks',
    'k: it is no language',
  ]);
});

test('every text of the pages of flows is used', () => {
  const code = textsOf('src/submissions/flow-guide/*.ts').join('\n');
  const built = [...code.matchAll(/`([a-z]+-)\$\{/g)].map(([, start]) => start ?? '');
  expect(built.toSorted()).toEqual(['expected-', 'header-', 'weekday-']);
  const unused = TEXTS.map(([key]) => key).filter(
    (key) => !code.includes(`'${key}'`) && !built.some((start) => key.startsWith(start)),
  );
  expect(unused).toEqual([]);
});

test('what a field of a shipped flow means is there in four languages, and nothing else is', () => {
  const meanings = textsOf('config/flows/*.yaml').flatMap((text) =>
    [...meaningsIn(text).values()].flatMap((fields) => [...fields.values()]),
  );
  expect([...FIELD_MEANINGS.keys()].toSorted()).toEqual([...new Set(meanings)].toSorted());
  const others = LANGUAGES.filter((language) => language !== 'en');
  expect([...FIELD_MEANINGS].flatMap(([words, texts]) => faultsOf(words, texts, others))).toEqual([]);
});

test('words that a configuration has of its own stay as they are written', () => {
  expect(meaningIn('postal code', 'de')).toBe('Postleitzahl');
  expect(meaningIn('postal code', 'en')).toBe('postal code');
  for (const words of ['numéro du dossier', 'toString']) expect(meaningIn(words, 'nl')).toBe(words);
});

test('a text is filled in once: braces in what is filled in stay', () => {
  expect(sayIn('de')('pattern', { pattern: '`^x{pattern}{3}$`' })).toBe(
    'In einem flachen Baum passt der Name einer einzelnen Datei auf `^x{pattern}{3}$`.',
  );
  // @ts-expect-error a name in braces without a value does not compile
  expect(sayIn('fr')('at-most', {})).toBe('Au plus {bytes} octets.');
});
