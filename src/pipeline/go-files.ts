import type { Arrival } from '../domain/arrival.ts';
import type { Clock } from '../domain/clock.ts';
import type { Generation } from '../domain/generation.ts';
import type { Partner } from '../domain/partner.ts';
import { isEnvironment, looksLikeRszName, type RszName, splitRszName } from '../domain/rsz-name.ts';
import { nameOf, parentOf, type VPath } from '../domain/vpath.ts';
import type { EntryRow } from '../storage/commands.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { Candidate } from './candidate.ts';
import { type FileFault, faultsOfData, faultsOfSetName, flowOfSet } from './file-checks.ts';
import { expectedPaths, type Member, membersOf, missingOf, shownNames } from './set-members.ts';
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

  /** FI or FS: the GO speaks for the set; one that never comes is told after a long while, for all that are there together. */
  async #waitForGo(one: Case): Promise<SetOutcome> {
    const untilMs = one.arrival.arrivedAt + one.generation.limits.setWithoutGoMinutes * 60_000;
    const now = this.#parts.clock.now();
    if (now < untilMs) return { kind: 'wait', untilMs };
    const there = await this.#members(one);
    const own = { role: one.name.kind, row: one.row };
    const [first] = there;
    if (first === undefined || !there.some(({ row }) => row.path === one.row.path)) {
      return this.#candidate(one, [own], [{ code: '130' }]);
    }
    if (first.row.path !== one.row.path) return { kind: 'wait', untilMs: now + OTHER_MS };
    return this.#candidate(one, there, [{ code: '130' }]);
  }

  async #go(one: Case): Promise<SetOutcome> {
    const members = await this.#members(one);
    const parts = members.filter(({ count }) => count === one.name.count);
    const [fis, fss] = (['FI', 'FS'] as const).map((kind) => parts.filter(({ role }) => role === kind));
    const wantsSignature = one.name.environment === 'R';
    const isWhole =
      fis?.length === one.name.count &&
      fis.every(({ row }) => row.size > 0) &&
      (!wantsSignature || fss?.length === one.name.count);
    const now = this.#parts.clock.now();
    if (!isWhole && now < (await this.#waitUntil(one))) return { kind: 'wait', untilMs: now + POLL_MS };
    const files: Candidate['files'] = [
      ...members.filter(({ role }) => role === 'FI'),
      { role: 'GO', row: one.row },
      ...members.filter(({ role }) => role === 'FS'),
    ];
    const faults = this.#setFaults(one, members);
    if (!wantsSignature) return this.#candidate(one, files, faults);
    const verdict = await this.#signatureFaults(one, fis ?? [], fss ?? []);
    // What is to be refused anyway is not held for the sake of its signature.
    if ('untilMs' in verdict && faults.length === 0 && verdict.faults.length === 0) {
      return { kind: 'wait', untilMs: verdict.untilMs };
    }
    return this.#candidate(one, files, [...faults, ...verdict.faults]);
  }

  /** Each part is signed for itself. `untilMs` where one is held. */
  async #signatureFaults(
    one: Case,
    fis: readonly Member[],
    fss: readonly Member[],
  ): Promise<{ readonly faults: readonly FileFault[]; readonly untilMs?: number }> {
    const { partner, arrival, name } = one;
    const { path, arrivedAt } = arrival;
    const faults: FileFault[] = [];
    let untilMs: number | undefined;
    for (const fi of fis) {
      const fs = fss.find(({ part }) => part === fi.part);
      if (fs === undefined) continue;
      const verdict = await this.#parts.signatures.judge({ path, partner, fi: fi.row, fs: fs.row, arrivedAt });
      if (verdict.kind === 'held') untilMs = verdict.untilMs;
      if (verdict.kind !== 'refused') continue;
      const { code, detail } = verdict.fault;
      const place = `${fi.part}/${name.count}`;
      const said = detail === undefined ? place : `${place}: ${detail}`;
      faults.push(name.count === 1 ? verdict.fault : { code, detail: said });
    }
    return untilMs === undefined ? { faults } : { faults, untilMs };
  }

  #nameFaults(one: Case): FileFault[] {
    const { generation, partner, arrival, name } = one;
    const found = flowOfSet(generation, partner, arrival, name);
    const faults = faultsOfSetName(generation, partner, arrival, name, this.#parts.clock.now());
    return found.flow === undefined ? [...faults, found.fault] : [...faults];
  }

  #setFaults(one: Case, members: readonly Member[]): readonly FileFault[] {
    const { generation, partner, arrival, name } = one;
    const faults = this.#nameFaults(one);
    const { flow } = flowOfSet(generation, partner, arrival, name);
    const data = members.filter(({ role, count }) => role === 'FI' && count === name.count);
    faults.push(...faultsOfParts(name, members));
    if (flow === undefined) return faults;
    const ofData = data.flatMap(({ row }) => faultsOfData(generation, partner, flow, row.size));
    return [...faults, ...ofData.filter(({ code }, at) => ofData.findIndex((other) => other.code === code) === at)];
  }

  /** TD: takes back a set that waits; one that is being checked, or has been, can not be taken back (157). */
  async #cancel(one: Case): Promise<SetOutcome> {
    const own = { role: 'TD' as const, row: one.row };
    const folder = parentOf(one.arrival.path);
    const gos = await membersOf(this.#parts, folder, one.name, 'GO');
    const waiting = [...(await this.#members(one)), ...gos];
    if (waiting.length === 0) return this.#candidate(one, [own], [{ code: '157' }]);
    for (const { row } of gos) this.#parts.signatures.forget(row.path);
    return this.#candidate(one, [own, ...waiting], [], true);
  }

  #candidate(one: Case, files: Candidate['files'], faults: readonly FileFault[], cancelled = false): SetOutcome {
    const { arrival, partner, generation, name } = one;
    const found = flowOfSet(generation, partner, arrival, name);
    const environment = isEnvironment(name.environment) ? name.environment : arrival.environment;
    const common = { arrival, partner, generation, flow: found.flow, fileName: nameOf(arrival.path), rszName: true };
    return { kind: 'candidate', candidate: { ...common, environment, files, faults, cancelled } };
  }

  /** FI and FS that stand there, each in the order of its parts; FI come first. */
  async #members(one: Case): Promise<readonly Member[]> {
    const folder = parentOf(one.arrival.path);
    const found = await Promise.all(
      (['FI', 'FS'] as const).map((role) => membersOf(this.#parts, folder, one.name, role)),
    );
    return found.flat();
  }

  /** Files that are on their way are waited for; others get a short grace, since clients send several at once. */
  async #waitUntil(one: Case): Promise<number> {
    const { limits } = one.generation;
    const folder = parentOf(one.arrival.path);
    const expected = expectedPaths(folder, one.name);
    const onTheWay = await Promise.all(expected.map((path) => this.#parts.isInUse(path)));
    const seconds = onTheWay.includes(true) ? limits.goWaitSeconds : Math.max(limits.settleSecondsWebdav, 1);
    return one.arrival.arrivedAt + seconds * 1000;
  }
}

/** Numbers of FI and FS that a GO does not fit: none of its own, some missing, some of another number of parts. */
function faultsOfParts(name: RszName, members: readonly Member[]): readonly FileFault[] {
  const faults: FileFault[] = [];
  const of = (role: Member['role']) => members.filter((member) => member.role === role);
  const isOther = ({ count }: Member) => count !== name.count;
  const others = of('FI').filter(isOther);
  if (others.length > 0 && others.length === of('FI').length) {
    return [{ code: '128', detail: `${name.count} ≠ ${others[0]?.count}` }];
  }
  const missing = missingOf(name, 'FI', of('FI'));
  if (missing.length > 0) faults.push({ code: '120', detail: shownNames(missing) });
  if (others.length > 0) faults.push({ code: '123', detail: namesOf(others) });
  if (name.environment !== 'R') return faults;
  const unsigned = missingOf(name, 'FS', of('FS'));
  if (unsigned.length > 0) faults.push({ code: '122', detail: shownNames(unsigned) });
  const strange = of('FS').filter(isOther);
  if (strange.length > 0) faults.push({ code: '124', detail: namesOf(strange) });
  return faults;
}

function namesOf(members: readonly Member[]): string {
  return shownNames(members.map(({ row }) => nameOf(row.path)));
}
