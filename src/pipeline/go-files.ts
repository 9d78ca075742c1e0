import type { Arrival } from '../domain/arrival.ts';
import type { Clock } from '../domain/clock.ts';
import type { Generation } from '../domain/generation.ts';
import type { Partner } from '../domain/partner.ts';
import { isEnvironment, looksLikeRszName, type RszName, siblingOf, splitRszName } from '../domain/rsz-name.ts';
import { childOf, nameOf, parentOf, type VPath } from '../domain/vpath.ts';
import type { EntryRow } from '../storage/commands.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { Candidate } from './candidate.ts';
import { type FileFault, faultsOfData, faultsOfSetName, flowOfSet } from './file-checks.ts';
import type { SetSignatures } from './set-signatures.ts';

const POLL_MS = 500;
/** When an FS looks again whether its FI has spoken for both. */
const OTHER_MS = 2_000;

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

  /** FI or FS: the GO speaks for the set; one that never comes is told after a long while, for FI and FS together. */
  async #waitForGo(one: Case): Promise<SetOutcome> {
    const untilMs = one.arrival.arrivedAt + one.generation.limits.setWithoutGoMinutes * 60_000;
    const now = this.#parts.clock.now();
    if (now < untilMs) return { kind: 'wait', untilMs };
    const own = { role: one.name.kind, row: one.row };
    const other = await this.#sibling(one, one.name.kind === 'FI' ? 'FS' : 'FI', partOf(one.row.path));
    if (other === undefined || !isWaiting(other)) return this.#candidate(one, [own], [{ code: '130' }]);
    if (one.name.kind === 'FS') return { kind: 'wait', untilMs: now + OTHER_MS };
    return this.#candidate(one, [own, { role: 'FS', row: other }], [{ code: '130' }]);
  }

  async #go(one: Case): Promise<SetOutcome> {
    // A member that was answered or taken back still stands there for clients that look; it is no part of a new set.
    const members = await this.#members(one);
    const files: Candidate['files'] = [{ role: 'GO', row: one.row }];
    // No set of several parts is taken: its parts are answered with it.
    if (one.name.count > 1) return this.#candidate(one, [...files, ...members], this.#nameFaults(one));
    const [fi, fs] = (['FI', 'FS'] as const).map((role) => members.find((member) => member.role === role)?.row);
    const wantsSignature = one.name.environment === 'R';
    const missing = fi === undefined || (wantsSignature && fs === undefined) || fi.size === 0;
    const now = this.#parts.clock.now();
    if (missing && now < (await this.#waitUntil(one))) return { kind: 'wait', untilMs: now + POLL_MS };
    const whole = [
      ...members.filter(({ role }) => role === 'FI'),
      ...files,
      ...members.filter(({ role }) => role === 'FS'),
    ];
    const faults = this.#setFaults(one, fi, fs);
    if (!wantsSignature || fi === undefined || fs === undefined) return this.#candidate(one, whole, faults);
    const { partner, arrival } = one;
    const { path, arrivedAt } = arrival;
    const verdict = await this.#parts.signatures.judge({ path, partner, fi, fs, arrivedAt });
    // What is to be refused anyway is not held for the sake of its signature.
    if (verdict.kind === 'held' && faults.length === 0) return { kind: 'wait', untilMs: verdict.untilMs };
    return this.#candidate(one, whole, verdict.kind === 'refused' ? [...faults, verdict.fault] : faults);
  }

  #nameFaults(one: Case): FileFault[] {
    const { generation, partner, arrival, name } = one;
    const found = flowOfSet(generation, partner, arrival, name);
    const faults = faultsOfSetName(generation, partner, arrival, name, this.#parts.clock.now());
    return found.flow === undefined ? [...faults, found.fault] : [...faults];
  }

  #setFaults(one: Case, fi: EntryRow | undefined, fs: EntryRow | undefined): readonly FileFault[] {
    const { generation, partner, arrival, name } = one;
    const faults = this.#nameFaults(one);
    const { flow } = flowOfSet(generation, partner, arrival, name);
    if (fi === undefined) faults.push({ code: '120', detail: siblingOf(name, 'FI') });
    else if (flow !== undefined) faults.push(...faultsOfData(generation, partner, flow, fi.size));
    if (name.environment === 'R' && fs === undefined) faults.push({ code: '122', detail: siblingOf(name, 'FS') });
    return faults;
  }

  /** TD: takes back a set that waits; one that is being checked, or has been, can not be taken back (157). */
  async #cancel(one: Case): Promise<SetOutcome> {
    const own = { role: 'TD' as const, row: one.row };
    const go = await this.#sibling(one, 'GO');
    const waiting = [
      ...(await this.#members(one)),
      ...(go !== undefined && isWaiting(go) ? [{ role: 'GO' as const, row: go }] : []),
    ];
    if (waiting.length === 0) return this.#candidate(one, [own], [{ code: '157' }]);
    this.#parts.signatures.forget(childOf(parentOf(one.arrival.path), siblingOf(one.name, 'GO')));
    return this.#candidate(one, [own, ...waiting], [], true);
  }

  #candidate(one: Case, files: Candidate['files'], faults: readonly FileFault[], cancelled = false): SetOutcome {
    const { arrival, partner, generation, name } = one;
    const found = flowOfSet(generation, partner, arrival, name);
    const environment = isEnvironment(name.environment) ? name.environment : arrival.environment;
    const common = { arrival, partner, generation, flow: found.flow, fileName: nameOf(arrival.path), rszName: true };
    return { kind: 'candidate', candidate: { ...common, environment, files, faults, cancelled } };
  }

  /** FI and FS of each part that stand there, whole and in no submission's hands. */
  async #members(one: Case): Promise<readonly { readonly role: 'FI' | 'FS'; readonly row: EntryRow }[]> {
    const parts = Array.from({ length: one.name.count }, (_, index) => index + 1);
    const names = parts.flatMap((part) => (['FI', 'FS'] as const).map((role) => ({ role, part })));
    const found = await Promise.all(names.map(({ role, part }) => this.#sibling(one, role, part)));
    return names.flatMap(({ role }, index) => {
      const row = found[index];
      return row !== undefined && isWaiting(row) ? [{ role, row }] : [];
    });
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

  async #sibling(one: Case, kind: RszName['kind'], part = 1): Promise<EntryRow | undefined> {
    const path = childOf(parentOf(one.arrival.path), siblingOf(one.name, kind, part));
    if (await this.#parts.isInUse(path)) return undefined;
    const row = await this.#parts.ledger.read({ kind: 'entry', path });
    return row?.kind === 'file' ? row : undefined;
  }
}

/** The number of the part that FI and FS end in. */
function partOf(path: VPath): number {
  return Number(nameOf(path).split('.').at(-1));
}

/** Whether a member of a set is in no submission's hands, and never was. */
function isWaiting(row: EntryRow): boolean {
  return row.frozenBy === undefined && row.expiresAt === undefined;
}
