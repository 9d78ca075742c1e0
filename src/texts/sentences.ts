import type { Language } from '../domain/partner.ts';

/** One sentence or two: what is wrong, and what to do. */
export type Sentences = Readonly<Record<Language, string>>;

/** What an English wording is in the other languages. */
export type Meaning = Readonly<Record<Exclude<Language, 'en'>, string>>;
