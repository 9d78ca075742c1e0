import type { Submission } from '../../../schemas/submissions.ts';

export type AnswerFile = Submission['receipt'][number];

/** Those that say something; beside them stand signatures (`….p7s`, or FS of a set) and an empty GO. */
export function tellingFiles(files: readonly AnswerFile[]): readonly AnswerFile[] {
  return files.filter(({ name }) => name.endsWith('.json') || name.startsWith('FO.'));
}

/** The signature that belongs to an answer. */
export function signatureOf({ name }: AnswerFile, files: readonly AnswerFile[]): AnswerFile | undefined {
  const wanted = name.startsWith('FO.') ? `FS.${name.slice(3)}` : `${name}.p7s`;
  return files.find((file) => file.name === wanted);
}
