import type { Environment } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import type { Language } from '../domain/partner.ts';
import type { AnswerFile, RecordTotals, Submission, SubmissionState, SubmittedFile } from '../domain/submission.ts';
import { childOf, type VPath } from '../domain/vpath.ts';
import type { Ledger } from '../storage/ledger.ts';
import { answerFolder, seenPath, type Viewer } from './viewer.ts';
import type { Words } from './words.ts';

export type AnswerPlace = { readonly name: string; readonly path: VPath | null };

/** One file that was handed in, and what became of it. Times: ISO 8601. */
export type SubmissionSummary = {
  readonly ticket: string;
  readonly file: string;
  /** Where it was handed in; null where it does not lie there any more. */
  readonly path: VPath | null;
  readonly flow: string;
  readonly flowName: string;
  readonly environment: Environment;
  readonly state: SubmissionState;
  readonly size: number;
  /** Of nothing, where a GO came without data. */
  readonly sha256: string;
  readonly receivedAt: string;
  readonly answeredAt: string | null;
  readonly records: RecordTotals | null;
  readonly errors: readonly { readonly code: string; readonly text: string }[];
  readonly receipt: readonly AnswerPlace[];
  readonly notification: readonly AnswerPlace[];
};

const SHA256_OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

type Parts = {
  readonly ledger: Pick<Ledger, 'read'>;
  readonly generation: Generation;
  readonly words: Words;
  readonly language: Language;
};

/** Submissions as their sender sees them, all asked of the ledger at once. */
export async function summaries(
  { ledger, generation, words, language }: Parts,
  viewer: Viewer,
  submissions: readonly Submission[],
): Promise<readonly SubmissionSummary[]> {
  const { partner } = viewer;
  const answers = (one: Submission) => {
    const folder = answerFolder(partner, one);
    return [...one.receipt, ...one.notification].map(({ name }) => childOf(folder, name));
  };
  const paths = submissions.flatMap((one) => [...dataOf(one).map(({ path }) => path), ...answers(one)]);
  const there = await ledger.read({ kind: 'contentsAt', paths });
  const placeOf = (path: VPath, contentId: string) =>
    there.get(path) === contentId ? (seenPath(viewer, path) ?? null) : null;
  return submissions.map((one) => {
    const data = dataOf(one);
    const [first] = data;
    const folder = answerFolder(partner, one);
    const placed = ({ name, contentId }: AnswerFile): AnswerPlace => ({
      name,
      path: placeOf(childOf(folder, name), contentId),
    });
    return {
      ...{ ticket: one.ticket, file: one.fileName },
      path: first === undefined ? null : placeOf(first.path, first.contentId),
      flow: one.flow,
      flowName: generation.flows.find(({ code }) => code === one.flow)?.title ?? one.flow,
      ...{ environment: one.environment, state: one.state },
      size: data.reduce((sum, { size }) => sum + size, 0),
      sha256: one.sha256 || SHA256_OF_NOTHING,
      receivedAt: new Date(one.receivedAt).toISOString(),
      answeredAt: one.answeredAt === undefined ? null : new Date(one.answeredAt).toISOString(),
      records: one.records ?? null,
      errors: one.errors.map(({ code, text }) => ({
        code,
        text: words.textOf(code, language, words.detailIn(code, text)),
      })),
      receipt: one.receipt.map(placed),
      notification: one.notification.map(placed),
    };
  });
}

/** What a submission is about, part by part: the file, or the files FI of a set. */
export function dataOf({ files }: Pick<Submission, 'files'>): readonly SubmittedFile[] {
  return files.filter(({ role }) => role === 'data' || role === 'FI');
}
