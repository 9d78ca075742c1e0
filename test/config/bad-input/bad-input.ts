import { ACTS } from './acts.ts';
import { FLOWS } from './flows.ts';
import { FOLDERS } from './folders.ts';
import { GATEWAY } from './gateway.ts';
import { PARTNERS } from './partners.ts';
import { QUESTIONS } from './questions.ts';
import { SHARED } from './shared.ts';
import { SYNTAX } from './syntax.ts';

/**
 * One wrong configuration: an edit of a shipped file, and what is said of it. Its twin that is right is the file as it ships,
 * which differs in this one place. Each has a cause of its own.
 */
export type BadInput = readonly [
  cause: string,
  file: string,
  from: string,
  to: string,
  /** `file:line:column` */
  place: string,
  message: string,
  remedy: string,
];

export const BAD_INPUT: readonly BadInput[] = [
  ...SYNTAX,
  ...GATEWAY,
  ...PARTNERS,
  ...FLOWS,
  ...QUESTIONS,
  ...ACTS,
  ...SHARED,
  ...FOLDERS,
];
