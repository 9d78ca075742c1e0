import type { Arrival } from '../domain/arrival.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Environment, Flow } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import type { Partner } from '../domain/partner.ts';
import { principalName } from '../domain/principal.ts';
import type { Submission, SubmittedFile } from '../domain/submission.ts';
import { nameOf, parentOf } from '../domain/vpath.ts';
import { digestOfParts, type ReceiptPart } from '../evidence/receipt.ts';
import type { AuditLine, EntryRow } from '../storage/commands.ts';
import type { FileFault } from './file-checks.ts';

/** What stood in the intake folder and what it was found to be. */
export type Candidate = {
  readonly arrival: Arrival;
  readonly partner: Partner;
  readonly generation: Generation;
  readonly flow: Flow | undefined;
  readonly environment: Environment;
  /** The name the answers speak of: of the file, or of the GO. */
  readonly fileName: string;
  readonly rszName: boolean;
  readonly files: readonly { readonly role: SubmittedFile['role']; readonly row: EntryRow }[];
  readonly faults: readonly FileFault[];
  /** The number of its lot, where its flow has them and it could be read. */
  readonly lot?: number | undefined;
  /** A set that its sender took back by a TD. */
  readonly cancelled: boolean;
};

/** The files whose bytes the submission is about, in the order of their parts; none where a GO came without FI. */
export function dataOf({ files }: Candidate): readonly EntryRow[] {
  const rows = (wanted: SubmittedFile['role']) => files.filter(({ role }) => role === wanted).map(({ row }) => row);
  const cancelling = rows('TD');
  return cancelling.length > 0 ? cancelling : [...rows('data'), ...rows('FI')];
}

/**
 * Size and SHA-256 of what the submission is about. Of several parts the sizes add up, and the digest is that of their
 * digests, in hex and each with a line feed behind it: `sha256sum FI.… | cut -c1-64 | sha256sum`.
 */
export function contentOf(candidate: Candidate): { readonly size: number; readonly sha256: string } | undefined {
  const rows = dataOf(candidate);
  const [first] = rows;
  if (first === undefined || rows.length === 1) return first;
  const size = rows.reduce((sum, row) => sum + row.size, 0);
  return { size, sha256: digestOfParts(rows.map(({ sha256 }) => sha256)) };
}

/** Each part of a set that has several. */
export function partsOf(candidate: Candidate): readonly ReceiptPart[] | undefined {
  const rows = dataOf(candidate);
  return rows.length < 2 ? undefined : rows.map(({ path, size, sha256 }) => ({ file: nameOf(path), size, sha256 }));
}

/** A file as its submission names it. */
export function submittedFile(role: SubmittedFile['role'], row: EntryRow): SubmittedFile {
  return { role, path: row.path, contentId: row.contentId, size: row.size, sha256: row.sha256 };
}

/** The line of the audit log that tells of a receipt. */
export function submissionLine(submission: Submission, candidate: Candidate): AuditLine {
  const { ticket, partner, flow, environment, fileName, sha256, state, generation } = submission;
  return {
    kind: 'submission',
    outcome: state === 'rejected' ? 'refused' : 'done',
    fields: {
      ticket,
      partner,
      principal: principalName(submission.principal),
      accessMethod: candidate.arrival.accessMethod,
      flow,
      environment,
      file: fileName,
      folder: parentOf(candidate.arrival.path),
      sha256,
      state,
      codes: submission.errors.map((error) => error.code),
      generation,
    },
  };
}

/** The payload of a job in the queue `arrival`, which only `vfs/arrivals.ts` writes. */
export function parseArrival(payload: unknown): Arrival {
  if (typeof payload !== 'object' || payload === null || !('path' in payload)) {
    throw new GatewayError('broken', 'a job of the queue "arrival" has no path');
  }
  return payload as Arrival;
}
