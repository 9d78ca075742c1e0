import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RefusalReason } from '../../src/access/admission.ts';
import { ERRORS } from '../../src/texts/errors.ts';
import { FILE_CODES } from '../../src/texts/file-codes.ts';
import { NOTICES } from '../../src/texts/notices.ts';
import { RECORD_CODES } from '../../src/texts/record-codes.ts';
import { REFUSALS } from '../../src/texts/refusals.ts';
import { detailIn, factOf, remedyOf } from '../../src/texts/remedies.ts';
import { RIGHTS_TEXTS } from '../../src/texts/rights-texts.ts';
import { SUBMISSION_TEXTS } from '../../src/texts/submission-texts.ts';
import { LANGUAGES, languageOf, refusalTextOf, textCodes, textOf } from '../../src/texts/texts.ts';

/** Does not compile while a reason has no sentence, or a sentence no reason. */
const REASONS: Readonly<Record<RefusalReason, unknown>> & Readonly<Record<keyof typeof REFUSALS, unknown>> = REFUSALS;

test('every code has its own sentence in four languages', () => {
  const tables = [FILE_CODES, RECORD_CODES, NOTICES, REASONS, SUBMISSION_TEXTS, RIGHTS_TEXTS, ERRORS];
  expect(textCodes()).toHaveLength(tables.reduce((sum, table) => sum + Object.keys(table).length, 0));
  for (const language of LANGUAGES) {
    const sentences = textCodes().map((code) => textOf(code, language));
    expect(new Set(sentences).size).toBe(sentences.length);
    for (const sentence of sentences) {
      expect(sentence).toMatch(/^\p{Lu}.*\.$/u);
      expect(sentence.length).toBeLessThan(140);
    }
  }
});

test('the codes are those of the table in the domain pages', async () => {
  const codes = await readFile(join(import.meta.dirname, 'codes.txt'), 'utf8');
  const wanted = codes.split('\n').filter((line) => /^\w/.test(line));
  expect([...Object.keys(FILE_CODES), ...Object.keys(RECORD_CODES)].toSorted()).toEqual(wanted.toSorted());
});

test('a detail stands behind the sentence; an unknown code has a sentence all the same', () => {
  expect(textOf('134', 'en')).toBe('This file holds no data. Send a file with at least one record.');
  expect(textOf('134', 'en', '')).toBe(textOf('134', 'en'));
  expect(textOf('088', 'en', 'ADRM, BBON')).toBe(
    'The flow or layout of this file cannot be told. Use the folder or the name of exactly one flow. (ADRM, BBON)',
  );
  for (const code of ['999', 'toString', '__proto__']) expect(textOf(code, 'nl')).toContain('helpdesk');
});

test('every code of a file or record says what is wrong and what to do, in four languages', () => {
  const codes = [...Object.keys(FILE_CODES), ...Object.keys(RECORD_CODES)];
  for (const language of LANGUAGES) {
    for (const code of codes) {
      expect(factOf(code, language), code).toMatch(/^\p{Lu}[^.]{12,}\.$/u);
      expect(remedyOf(code, language), code).toMatch(/^\p{Lu}.{7,}\.$/u);
    }
  }
  expect(factOf('134', 'en', 'x')).toBe('This file holds no data. (x)');
  expect(remedyOf('134', 'fr')).toBe('Envoyez un fichier avec au moins un enregistrement.');
});

test('the detail of a sentence is found again, whatever the language was', () => {
  for (const language of LANGUAGES) expect(detailIn('088', textOf('088', language, 'ADRM (x)'))).toBe('ADRM (x)');
  expect(detailIn('088', textOf('088', 'nl'))).toBeUndefined();
  expect(detailIn('088', textOf('134', 'nl', 'x'))).toBeUndefined();
});

const ACCEPTED: readonly (readonly [string | undefined, string])[] = [
  [undefined, 'nl'],
  ['', 'nl'],
  ['fr', 'fr'],
  ['de-BE', 'de'],
  ['it, en;q=0.5', 'en'],
  ['fr;q=0.3, de;q=0.9, nl;q=0.8', 'de'],
  ['fr;q=0, it', 'nl'],
  ['EN', 'en'],
  [';;;q=x,,', 'nl'],
];

for (const [header, language] of ACCEPTED) {
  test(`a refusal for "${header}" is in ${language}`, () => {
    expect(languageOf(header, LANGUAGES)).toBe(language);
    expect(refusalTextOf('expired', header)).toMatchObject({
      language,
      sentence: REFUSALS.expired[languageOf(header, LANGUAGES)],
    });
  });
}

test('only languages that are offered, the first being the default', () => {
  expect(refusalTextOf('expired', 'nl, fr;q=0.5', ['en', 'fr']).language).toBe('fr');
  expect(refusalTextOf('expired', 'nl', ['en', 'fr']).language).toBe('en');
});
