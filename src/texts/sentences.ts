import type { Language } from '../domain/partner.ts';

/** One sentence or two: what is wrong, and what to do. */
export type Sentences = Readonly<Record<Language, string>>;
