import type { Language } from '../domain/partner.ts';

/** Sentences in the language of who asks. */
export type Words = {
  readonly textOf: (code: string, language: Language, detail?: string) => string;
  /** What is wrong, without what to do. */
  readonly factOf: (code: string, language: Language, detail?: string) => string;
  readonly remedyOf: (code: string, language: Language) => string;
  /** The detail that stands behind the sentence of a code, in whichever language that is. */
  readonly detailIn: (code: string, text: string) => string | undefined;
};
