import { expect, test } from 'vitest';
import type { Language } from '../../src/domain/partner.ts';
import { html } from '../../src/portal/page.ts';
import { FormToken, siteOf } from '../../src/portal/same-site.ts';
import { statusAnswer, stepUpPage } from '../../src/portal/step-up-page.ts';
import { STEP_UP, type StepUpText, stepUpText } from '../../src/texts/step-up.ts';
import { session } from '../support/generation.ts';

const UNTIL = Date.UTC(2026, 10, 22, 17, 5); // 18:05 in Brussels
const anna = session('anna@ksz', 'portal');

function factors(until: number | undefined, totp = true, password = true) {
  return { openUntil: () => until, offered: () => ({ totp, password }) };
}

for (const [language, title, when] of [
  ['nl', 'Tweede factor', '22 november 2026 om 18:05'],
  ['fr', 'Second facteur', '22 novembre 2026 à 18:05'],
  ['de', 'Zweiter Faktor', '22. November 2026 um 18:05'],
  ['en', 'Second factor', '22 November 2026 at 18:05'],
] as const satisfies readonly (readonly [Language, string, string])[]) {
  test(`the page in ${language} says who you are, what you can give, and until when it is open`, () => {
    const { headers, body } = stepUpPage({
      session: anna,
      language,
      factors: factors(UNTIL),
      token: 'word',
      trouble: undefined,
    });
    expect(headers['Content-Language']).toBe(language);
    for (const piece of [`<html lang="${language}">`, `<h1>${title}</h1>`, 'anna@ksz, 127.0.0.1', when]) {
      expect(body).toContain(piece);
    }
    expect(String(body).match(/value="word"/g)).toHaveLength(2);
    expect(body).not.toMatch(/<script|style=|\son\w+=/);
  });
}

test('what went wrong stands on the page; a factor that the account does not have has no form', () => {
  const page = { session: anna, language: 'en', token: 'word' } as const;
  const wrong = stepUpPage({ ...page, factors: factors(undefined, true, false), trouble: 'second-factor-wrong' });
  expect(wrong.body).toContain(
    '<p role="alert"><strong>Second factor not accepted.</strong> The code or password is wrong.',
  );
  expect(wrong.body).not.toContain('name="password"');
  const none = stepUpPage({ ...page, factors: factors(undefined, false, false), trouble: undefined });
  expect(none.body).toContain('Ask your local administrator to register it.');
  expect(none.body).not.toContain('<form');
  const card = stepUpPage({
    ...page,
    session: { ...anna, level: 2 },
    factors: factors(undefined, false, false),
    trouble: undefined,
  });
  expect(card.body).toContain('Your identity card counts as two factors.');
});

test('the API tells the level, its end, and what can be given', () => {
  expect(statusAnswer(anna, factors(UNTIL, true, false)).body).toBe(
    '{"level":2,"until":"2026-11-22T17:05:00.000Z","offers":["totp"]}\n',
  );
  expect(statusAnswer(anna, factors(undefined, false, true)).body).toBe(
    '{"level":1,"until":null,"offers":["password"]}\n',
  );
});

test('text in a page is escaped, pieces of HTML are not', () => {
  expect(html`<p title="${`"'`}">${'<b>&'}${[html`<i>${'>'}</i>`]}</p>`.html).toBe(
    '<p title="&quot;&#39;">&lt;b&gt;&amp;<i>&gt;</i></p>',
  );
});

test('the word of a form holds for one certificate at one address', () => {
  const token = new FormToken(new Uint8Array(32));
  const word = token.of(anna);
  expect(token.isOf(anna, word)).toBe(true);
  expect(token.isOf({ ...anna, remoteAddress: '127.0.0.2' }, word)).toBe(false);
  expect(token.isOf({ ...anna, fingerprint: 'e'.repeat(64) }, word)).toBe(false);
  expect(token.isOf(anna, '')).toBe(false);
  expect(new FormToken(new Uint8Array(32).fill(1)).isOf(anna, word)).toBe(false);
});

for (const [value, site] of [
  [undefined, 'not-said'],
  ['same-origin', 'same'],
  ['same-site', 'other'],
  ['cross-site', 'other'],
  ['none', 'other'],
  ['same-origin, cross-site', 'other'],
] as const) {
  test(`Sec-Fetch-Site: ${value} is ${site}`, () => {
    expect(siteOf({ headers: new Map(value === undefined ? [] : [['sec-fetch-site', value]]) })).toBe(site);
  });
}

test('every text of the page is there in four languages', () => {
  const codes = Object.keys(STEP_UP) as StepUpText[];
  for (const language of ['nl', 'fr', 'de', 'en'] as const) {
    for (const code of codes) expect(stepUpText(code, language)).toMatch(/^\p{Lu}/u);
  }
});
