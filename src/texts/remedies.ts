import type { Language } from '../domain/partner.ts';
import type { Sentences } from './sentences.ts';
import { LANGUAGES, textOf } from './texts.ts';

/** Sentences of codes say first what is wrong, then what to do; these say the second otherwise, or not at all. */
const REMEDIES: ReadonlyMap<string, Sentences> = new Map([
  [
    '300040',
    {
      nl: 'Wacht op het antwoord, of trek eerst in wat er al staat.',
      fr: 'Attendez la réponse, ou retirez d’abord ce qui existe déjà.',
      de: 'Warten Sie auf die Antwort, oder ziehen Sie zuerst zurück, was schon da ist.',
      en: 'Wait for the answer, or withdraw first what is there already.',
    },
  ],
  [
    'MSG00006',
    {
      nl: 'Gebruik voortaan het nieuwe nummer.',
      fr: 'Utilisez désormais le nouveau numéro.',
      de: 'Verwenden Sie künftig die neue Nummer.',
      en: 'Use the new number from now on.',
    },
  ],
]);

const TWO_SENTENCES = /^(.+?\.)\s(.+)$/su;

/** What is wrong, without what to do. @param detail stands behind it in brackets */
export function factOf(code: string, language: Language, detail?: string): string {
  const whole = textOf(code, language);
  const fact = TWO_SENTENCES.exec(whole)?.[1] ?? whole;
  return detail === undefined || detail === '' ? fact : `${fact} (${detail})`;
}

/** What to do about a code; empty where there is nothing to do. */
export function remedyOf(code: string, language: Language): string {
  return REMEDIES.get(code)?.[language] ?? TWO_SENTENCES.exec(textOf(code, language))?.[2] ?? '';
}

/** The detail that stands behind the sentence of a code, in whichever language that was written. */
export function detailIn(code: string, text: string): string | undefined {
  for (const language of LANGUAGES) {
    const before = `${textOf(code, language)} (`;
    if (text.startsWith(before) && text.endsWith(')')) return text.slice(before.length, -1);
  }
  return undefined;
}
