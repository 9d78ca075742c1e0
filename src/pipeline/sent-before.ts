import type { Clock } from '../domain/clock.ts';
import type { Environment, Flow } from '../domain/flow.ts';
import type { Partner } from '../domain/partner.ts';
import { looksLikeRszName } from '../domain/rsz-name.ts';
import type { Submission } from '../domain/submission.ts';
import { nameOf } from '../domain/vpath.ts';
import type { Ledger } from '../storage/ledger.ts';
import { type Candidate, contentOf } from './candidate.ts';
import { type FileFault, flowOfUpload } from './file-checks.ts';

const DAY_MS = 86_400_000;

type Parts = { readonly ledger: Pick<Ledger, 'read'>; readonly clock: Clock };

/** What a partner sent before under a name. */
export type SentBefore = {
  /** The same name and bytes were taken: it gets the same receipt again. */
  readonly same: Submission | undefined;
  /** The name, or the content, may not be sent again. */
  readonly faults: readonly FileFault[];
  /** One that was refused in its receipt is answered alike only while the same is wrong with it. */
  refusedAlike(faults: readonly FileFault[]): Submission | undefined;
};

const NOTHING: SentBefore = { same: undefined, faults: [], refusedAlike: () => undefined };

/**
 * What was sent before under the name of a file that stands for itself: can be asked for before it is looked at. Undefined where
 * the name may be of a set.
 */
export async function sentUnderItsName(
  { generation, partner, arrival }: Pick<Candidate, 'generation' | 'partner' | 'arrival'>,
  { ledger, clock }: Parts,
): Promise<readonly Submission[] | undefined> {
  const fileName = nameOf(arrival.path);
  const { flow } = flowOfUpload(generation, partner, arrival, fileName);
  if (flow === undefined || looksLikeRszName(fileName)) return undefined;
  return ledger.read({ kind: 'submissionsByName', ...whereOf(partner, flow, arrival.environment, clock), fileName });
}

function whereOf(partner: Partner, flow: Flow, environment: Environment, clock: Clock) {
  const since = clock.now() - flow.namesWindowDays * DAY_MS;
  return { partner: partner.id, flow: flow.code, environment, since };
}

/** Compares with what this partner sent before under the name, `sent`, which is asked for where it is left out. One that was refused in its receipt never took the name. */
export async function sentBefore(
  candidate: Candidate,
  { ledger, clock }: Parts,
  sent?: readonly Submission[],
): Promise<SentBefore> {
  const { flow, partner, environment, fileName, rszName } = candidate;
  if (flow === undefined || candidate.cancelled) return NOTHING;
  const where = whereOf(partner, flow, environment, clock);
  const byName = sent ?? (await ledger.read({ kind: 'submissionsByName', ...where, fileName }));
  const taken = byName.filter(tookItsName);
  const data = contentOf(candidate);
  const sha256 = data?.sha256 ?? '';
  const unique = rszName || flow.names === 'unique';
  // A name that may be used again is compared with its latest use alone: a state may be set back. A GO that comes again
  // without data, because the reply to the first was lost, asks for the answer of the set it started.
  const isSame = (earlier: Submission) => data === undefined || earlier.sha256 === sha256;
  const same = (unique ? taken : taken.slice(0, 1)).find(isSame);
  if (same !== undefined) return { ...NOTHING, same };
  const sameContent = async () => {
    const earlier = await ledger.read({ kind: 'latestByDigest', ...where, sha256 });
    return earlier !== undefined && tookItsName(earlier);
  };
  const again = (unique && taken.length > 0) || (flow.refuseSameContent && (await sameContent()));
  const refused = byName.filter((earlier) => earlier.sha256 === sha256 && refusedInReceipt(earlier));
  return {
    same: undefined,
    faults: again ? [{ code: '133' }] : [],
    refusedAlike: (faults) => refused.find((earlier) => codesOf(earlier.errors) === codesOf(faults)),
  };
}

function codesOf(faults: readonly { readonly code: string }[]): string {
  return faults.map(({ code }) => code).join();
}

function tookItsName(earlier: Submission): boolean {
  return earlier.state !== 'cancelled' && !refusedInReceipt(earlier);
}

/** Refused as a whole, before or while its records were read. */
function refusedInReceipt(submission: Submission): boolean {
  return submission.state === 'rejected' && submission.errors.length > 0;
}
