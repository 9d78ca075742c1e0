import type { Arrival } from '../domain/arrival.ts';
import type { Environment, Flow } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import type { Partner } from '../domain/partner.ts';
import type { SubmittedFile } from '../domain/submission.ts';
import type { EntryRow } from '../storage/commands.ts';
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
  /** A set that its sender took back by a TD. */
  readonly cancelled: boolean;
};

/** The file whose bytes the submission is about; none where a GO came without FI. */
export function dataOf(candidate: Candidate): EntryRow | undefined {
  return candidate.files.find((file) => file.role !== 'GO' && file.role !== 'FS')?.row;
}
