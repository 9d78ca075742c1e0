import type { Arrival } from '../domain/arrival.ts';
import type { Clock } from '../domain/clock.ts';
import type { Generation } from '../domain/generation.ts';
import type { Partner } from '../domain/partner.ts';
import { isEnvironment, looksLikeRszName, type RszName, siblingOf, splitRszName } from '../domain/rsz-name.ts';
import { childOf, nameOf, parentOf, type VPath } from '../domain/vpath.ts';
import type { EntryRow } from '../storage/commands.ts';
import type { Ledger } from '../storage/ledger.ts';
import { type FileFault, faultsOfData, faultsOfSetName, flowOfSet } from './file-checks.ts';
import type { Candidate } from './receive.ts';
import type { SetSignatures } from './set-signatures.ts';

const POLL_MS = 500;

/** What an arrival turned out to be: nothing any more, something to look at again later, or a file to answer. */
export type SetOutcome =
  | { readonly kind: 'drop' }
  | { readonly kind: 'wait'; readonly untilMs: number }
  | { readonly kind: 'candidate'; readonly candidate: Candidate };

type Parts = {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly isInUse: (ledgerPath: VPath) => Promise<boolean>;
  readonly signatures: Pick<SetSignatures, 'judge' | 'forget'>;
};

type Case = {
  readonly generation: Generation;
  readonly partner: Partner;
  readonly arrival: Arrival;
  readonly row: EntryRow;
  readonly name: RszName;
};

/**
 * The go-file convention of the RSZ channel: FI and FS come first, an empty GO starts the set, an empty TD cancels it.
 * Source: docs/domain.md §1.
 */
export class SetJudge {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @returns undefined where the name is no member of a set, or the flow takes no sets */
  async judge(
    generation: Generation,
    partner: Partner,
    arrival: Arrival,
    row: EntryRow,
  ): Promise<SetOutcome | undefined> {
    const fileName = nameOf(arrival.path);
    const folderFlow = generation.flows.find((flow) => flow.code === arrival.folderFlow);
    const takesSets = folderFlow === undefined || folderFlow.triggers.includes('go-file');
    if (!takesSets || !looksLikeRszName(fileName)) return undefined;
    const split = splitRszName(fileName);
    if ('code' in split) {
      const common = { arrival, partner, generation, environment: arrival.environment, fileName, rszName: true };
      const files = [{ role: 'data' as const, row }];
      const candidate = { ...common, flow: folderFlow, files, faults: [{ code: split.code }], cancelled: false };
      return { kind: 'candidate', candidate };
    }
    const one = { generation, partner, arrival, row, name: split.name };
    if (split.name.kind === 'GO') return this.#go(one);
    if (split.name.kind === 'TD') return this.#cancel(one);
    return this.#waitForGo(one);
  }

  /** FI or FS: the GO speaks for the set; one that never comes is told after a long while. */
  async #waitForGo(one: Case): Promise<SetOutcome> {
    const untilMs = one.arrival.arrivedAt + one.generation.limits.setWithoutGoMinutes * 60_000;
    if (this.#parts.clock.now() < untilMs) return { kind: 'wait', untilMs };
    return this.#candidate(one, [{ role: one.name.kind, row: one.row }], [{ code: '130' }]);
  }

  async #go(one: Case): Promise<SetOutcome> {
    const members = await Promise.all([this.#sibling(one, 'FI'), this.#sibling(one, 'FS')]);
    // A member that was answered or taken back still stands there for clients that look; it is no part of a new set.
    const [fi, fs] = members.map((row) => (row !== undefined && isWaiting(row) ? row : undefined));
    const wantsSignature = one.name.environment === 'R';
    const missing = fi === undefined || (wantsSignature && fs === undefined) || fi.size === 0;
    const now = this.#parts.clock.now();
    if (missing && now < (await this.#waitUntil(one))) return { kind: 'wait', untilMs: now + POLL_MS };
    const files: { role: 'FI' | 'FS' | 'GO'; row: EntryRow }[] = [{ role: 'GO', row: one.row }];
    if (fi !== undefined) files.unshift({ role: 'FI', row: fi });
    if (fs !== undefined) files.push({ role: 'FS', row: fs });
    const faults = this.#setFaults(one, fi, fs);
    if (!wantsSignature || fi === undefined || fs === undefined) return this.#candidate(one, files, faults);
    const { partner, arrival } = one;
    const { path, arrivedAt } = arrival;
    const verdict = await this.#parts.signatures.judge({ path, partner, fi, fs, arrivedAt });
    // What is to be refused anyway is not held for the sake of its signature.
    if (verdict.kind === 'held' && faults.length === 0) return { kind: 'wait', untilMs: verdict.untilMs };
    return this.#candidate(one, files, verdict.kind === 'refused' ? [...faults, verdict.fault] : faults);
  }

  #setFaults(one: Case, fi: EntryRow | undefined, fs: EntryRow | undefined): readonly FileFault[] {
    const { generation, partner, arrival, name } = one;
    const faults: FileFault[] = [...faultsOfSetName(generation, partner, arrival, name, this.#parts.clock.now())];
    const found = flowOfSet(generation, partner, arrival, name);
    if (found.flow === undefined) faults.push(found.fault);
    if (fi === undefined) faults.push({ code: '120', detail: siblingOf(name, 'FI') });
    else if (found.flow !== undefined) faults.push(...faultsOfData(generation, partner, found.flow, fi.size));
    if (name.environment === 'R' && fs === undefined) faults.push({ code: '122', detail: siblingOf(name, 'FS') });
    return faults;
  }

  /** TD: takes back a set that waits; one that is being checked, or has been, can not be taken back (157). */
  async #cancel(one: Case): Promise<SetOutcome> {
    const rows = await Promise.all([this.#sibling(one, 'FI'), this.#sibling(one, 'FS'), this.#sibling(one, 'GO')]);
    const waiting = rows.filter((row) => row !== undefined && isWaiting(row));
    const roles = ['FI', 'FS', 'GO'] as const;
    const files = rows.flatMap((row, index) => {
      const role = roles[index];
      return row !== undefined && role !== undefined && waiting.includes(row) ? [{ role, row }] : [];
    });
    const faults = waiting.length === 0 ? [{ code: '157' }] : [];
    this.#parts.signatures.forget(childOf(parentOf(one.arrival.path), siblingOf(one.name, 'GO')));
    const outcome = this.#candidate(one, [{ role: 'TD', row: one.row }, ...files], faults);
    if (outcome.kind !== 'candidate' || faults.length > 0) return outcome;
    return { kind: 'candidate', candidate: { ...outcome.candidate, cancelled: true } };
  }

  #candidate(one: Case, files: Candidate['files'], faults: readonly FileFault[]): SetOutcome {
    const { arrival, partner, generation, name } = one;
    const found = flowOfSet(generation, partner, arrival, name);
    const environment = isEnvironment(name.environment) ? name.environment : arrival.environment;
    const common = { arrival, partner, generation, flow: found.flow, fileName: nameOf(arrival.path), rszName: true };
    return { kind: 'candidate', candidate: { ...common, environment, files, faults, cancelled: false } };
  }

  /** Files that are on their way are waited for; others get a short grace, since clients send several at once. */
  async #waitUntil(one: Case): Promise<number> {
    const { limits } = one.generation;
    const folder = parentOf(one.arrival.path);
    const members = (['FI', 'FS'] as const).map((kind) => childOf(folder, siblingOf(one.name, kind)));
    const onTheWay = await Promise.all(members.map((path) => this.#parts.isInUse(path)));
    const seconds = onTheWay.includes(true) ? limits.goWaitSeconds : Math.max(limits.settleSecondsWebdav, 1);
    return one.arrival.arrivedAt + seconds * 1000;
  }

  async #sibling(one: Case, kind: RszName['kind']): Promise<EntryRow | undefined> {
    const path = childOf(parentOf(one.arrival.path), siblingOf(one.name, kind));
    if (await this.#parts.isInUse(path)) return undefined;
    const row = await this.#parts.ledger.read({ kind: 'entry', path });
    return row?.kind === 'file' ? row : undefined;
  }
}

/** Whether a member of a set is in no submission's hands, and never was. */
function isWaiting(row: EntryRow): boolean {
  return row.frozenBy === undefined && row.expiresAt === undefined;
}
