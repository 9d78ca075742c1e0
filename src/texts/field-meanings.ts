import type { Language } from '../domain/partner.ts';
import { MEANINGS_ASKED } from './field-meanings-asked.ts';
import { MEANINGS_DECLARED } from './field-meanings-declared.ts';
import type { Meaning } from './sentences.ts';

export const FIELD_MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  Object.entries({ ...MEANINGS_DECLARED, ...MEANINGS_ASKED }),
);

/** What a field means. Words that a configuration has of its own stay as they are written there. */
export function meaningIn(words: string, language: Language): string {
  return language === 'en' ? words : (FIELD_MEANINGS.get(words)?.[language] ?? words);
}
