import type { Language } from '../domain/partner.ts';
import { ERRORS } from './errors.ts';
import { FILE_CODES } from './file-codes.ts';
import { NOTICES } from './notices.ts';
import { RECORD_CODES } from './record-codes.ts';
import { type Contact, type Help, helpFor } from './refusal-help.ts';
import { REFUSALS } from './refusals.ts';
import { RIGHTS_TEXTS } from './rights-texts.ts';
import type { Sentences } from './sentences.ts';
import { SUBMISSION_TEXTS } from './submission-texts.ts';

/** Every code a partner may read: of files, of records, of notices, of what became of files, of refusals at the door, and of requests. */
export type TextCode =
  | keyof typeof FILE_CODES
  | keyof typeof RECORD_CODES
  | keyof typeof REFUSALS
  | keyof typeof NOTICES
  | keyof typeof SUBMISSION_TEXTS
  | keyof typeof RIGHTS_TEXTS
  | keyof typeof ERRORS;

const TEXTS: ReadonlyMap<string, Sentences> = new Map(
  Object.entries({
    ...FILE_CODES,
    ...RECORD_CODES,
    ...NOTICES,
    ...REFUSALS,
    ...SUBMISSION_TEXTS,
    ...RIGHTS_TEXTS,
    ...ERRORS,
  }),
);

const MAX_HEADER = 1000;

const UNKNOWN: Sentences = {
  nl: 'Er is iets mis met dit bestand of dit record. Vraag de helpdesk wat deze code betekent.',
  fr: 'Ce fichier ou cet enregistrement présente une anomalie. Demandez au helpdesk ce que signifie ce code.',
  de: 'Mit dieser Datei oder diesem Datensatz stimmt etwas nicht. Fragen Sie den Helpdesk nach diesem Code.',
  en: 'Something is wrong with this file or record. Ask the helpdesk what this code means.',
};

/** The codes that have a text, for tests and pages. */
export function textCodes(): readonly string[] {
  return [...TEXTS.keys()];
}

/**
 * The sentence of a code. A code nobody wrote a sentence for gets a general one: an answer must never fail for want of
 * words.
 * @param detail what was found or what to choose from; stands behind the sentence in brackets
 */
export function textOf(code: string, language: Language, detail?: string): string {
  const sentence = (TEXTS.get(code) ?? UNKNOWN)[language];
  return detail === undefined || detail === '' ? sentence : `${sentence} (${detail})`;
}

export const LANGUAGES = ['nl', 'fr', 'de', 'en'] as const satisfies readonly Language[];

const NO_ENTRY: Sentences = {
  nl: 'U kunt niet binnen',
  fr: 'Vous ne pouvez pas entrer',
  de: 'Sie können nicht eintreten',
  en: 'You cannot come in',
};

/** A refusal at the door, for a page or a line of text. */
export type RefusalText = {
  readonly title: string;
  readonly sentence: string;
  readonly language: Language;
  readonly help?: Help | undefined;
  readonly reference?: string | undefined;
};

/**
 * Why somebody may not come in, in the first offered language his program asks for.
 * @param acceptLanguage header Accept-Language, RFC 9110 §12.5.4
 * @param offered the first is the default
 * @param visitor who helps him, and what he tells the helpdesk
 */
export function refusalTextOf(
  reason: string,
  acceptLanguage: string | undefined,
  offered: readonly Language[] = LANGUAGES,
  visitor?: { readonly reference: string; readonly contact: Contact | undefined },
): RefusalText {
  const language = languageOf(acceptLanguage, offered);
  const text = { title: NO_ENTRY[language], sentence: textOf(reason, language), language };
  if (visitor === undefined) return text;
  const { reference, contact } = visitor;
  return { ...text, reference, help: helpFor(language, reference, contact) };
}

/**
 * Why somebody may not come in, a line in each language, for a program that asks for none.
 * @returns nothing where the reason has no sentence for people
 */
export function refusalLines(reason: string, languages: readonly Language[]): string | undefined {
  if (!Object.hasOwn(REFUSALS, reason)) return undefined;
  return languages.map((language) => `${textOf(reason, language)}\r\n`).join('');
}

/** The offered language with the highest weight; of equal ones the first. */
export function languageOf(acceptLanguage: string | undefined, offered: readonly Language[]): Language {
  let [best, weight]: readonly [Language, number] = [offered[0] ?? 'en', 0];
  for (const item of (acceptLanguage ?? '').slice(0, MAX_HEADER).split(',')) {
    const [range = '', ...parameters] = item.split(';');
    const q = Number(
      parameters
        .find((one) => one.trim().startsWith('q='))
        ?.trim()
        .slice(2) ?? 1,
    );
    const language = offered.find((one) => one === range.trim().toLowerCase().split('-')[0]);
    if (language !== undefined && q > weight) [best, weight] = [language, q];
  }
  return best;
}
