import { userInfo } from 'node:os';
import type { Audit } from './audit/audit.ts';
import { type Change, changesBetween } from './config/changes.ts';
import { GenerationStore, type HistoryRow, type HowInForce } from './config/generation-store.ts';
import type { Source } from './config/load.ts';
import type { Problem } from './config/problems.ts';
import {
  approvalsNeeded,
  approverRefusal,
  authorRefusal,
  isStepFrom,
  naturalPerson,
  type Proposal,
  Proposals,
  type Standing,
  textToSign,
} from './config/proposals.ts';
import { restartNeeds } from './config/restart-needs.ts';
import type { Settings } from './config/settings.ts';
import type { Clock } from './domain/clock.ts';
import type { Current } from './domain/current.ts';
import { GatewayError } from './domain/errors.ts';
import type { Generation } from './domain/generation.ts';
import type { Logger, Metrics } from './domain/logger.ts';
import { Misfit } from './domain/misfit.ts';
import { dateOf } from './domain/period.ts';
import type { Signed, SignerOf } from './gateway-approvers.ts';
import type { PreparedGeneration } from './gateway-take-up.ts';

export type DeskParts = {
  readonly data: string;
  /** What the gateway began with; whether it is a demo never changes while it runs. */
  readonly settings: Settings;
  readonly current: Current<Generation>;
  readonly audit: Audit;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly signerOf: SignerOf;
  /** Makes a generation ready beside the one in force. @throws Misfit where it can not be served */
  readonly prepare: (settings: Settings) => Promise<PreparedGeneration>;
};

type Considered = 'in-force' | 'held' | readonly Problem[];

/** A signature by nobody who counts. */
const NOBODY: Standing = { authorProven: false, approvers: [] };

type InForce = { readonly row: HistoryRow; readonly source: Source | undefined };

/** A configuration on the disk that is not in force, since nobody approved it. */
export type Held = { readonly tree: string; readonly since: number; readonly changes: readonly Change[] };

/**
 * Decides whether a sound configuration comes in force: outside demo mode what matters needs a second person. Keeps every
 * one that does.
 */
export class ConfigurationDesk {
  readonly store: GenerationStore;
  readonly proposals: Proposals;
  readonly #parts: DeskParts;
  #inForce: InForce;
  #held: Held | undefined;
  /** While files are written one by one, what lies there in between is nobody's wish. */
  #writing = false;
  #considering: Promise<unknown> = Promise.resolve();
  /** Who is about to put which files in force. */
  #applying: { readonly tree: string; readonly by: string } | undefined;

  private constructor(parts: DeskParts, store: GenerationStore, inForce: InForce) {
    this.#parts = parts;
    this.store = store;
    this.proposals = new Proposals(parts.data);
    this.#inForce = inForce;
  }

  /**
   * @param source what the generation in force was loaded from; undefined where that is gone already
   * @throws GatewayError `unavailable` where it was never kept either
   */
  static async open(parts: DeskParts, source: Source | undefined): Promise<ConfigurationDesk> {
    const store = new GenerationStore(parts.data);
    const last = await store.last();
    const { id } = parts.current.value;
    if (last?.generation === id && isDemo(last) === parts.settings.demo) {
      return new ConfigurationDesk(parts, store, { row: last, source });
    }
    if (source === undefined) {
      // What is in force could not be kept, and the next start could not read what was.
      throw new GatewayError('unavailable', 'the configuration was changed while the gateway started; start it again');
    }
    const tree = await store.put(source.bundle);
    const how = parts.settings.demo ? 'demo' : last === undefined || isDemo(last) ? 'bootstrap' : 'alone';
    const begun = rowOf(parts, { generation: id, tree, parent: last?.generation, how });
    const row = { ...begun, appliedBy: `${systemAuthor()} by a start` };
    await parts.audit.record({ kind: 'generation-at-start', outcome: 'done', fields: fieldsOf(row) });
    await store.append(row);
    return new ConfigurationDesk(parts, store, { row, source });
  }

  get inForce(): HistoryRow {
    return this.#inForce.row;
  }

  get held(): Held | undefined {
    return this.#held;
  }

  /** What a configuration changes, as far as it is known what is in force. */
  changes(source: Source): readonly Change[] {
    return changesBetween(this.#inForce.source?.shape ?? new Map(), source.shape);
  }

  needsApproval(source: Source): boolean {
    return !this.#parts.settings.demo && this.changes(source).some(({ needsApproval }) => needsApproval);
  }

  /** If these files come in force meanwhile, it is by him. */
  async applying<T>(tree: string, by: string, work: () => Promise<T>): Promise<T> {
    this.#applying = { tree, by };
    return work().finally(() => {
      this.#applying = undefined;
    });
  }

  /** Writes files without looking at what lies there in between. */
  async whileWriting(write: () => Promise<void>): Promise<void> {
    this.#writing = true;
    await write().finally(() => {
      this.#writing = false;
    });
  }

  /** A sound configuration lies on the disk. @returns whether it is in force now, or why it can not be */
  consider(settings: Settings, source: Source): Promise<Considered> {
    const considering = this.#consider(settings, source);
    this.#considering = considering;
    return considering;
  }

  /** What was being considered is in force by now, or not: nobody is answered from what was before. */
  async settled(): Promise<void> {
    await this.#considering.catch(() => undefined);
  }

  async #consider(settings: Settings, source: Source): Promise<Considered> {
    if (this.#writing) return 'held';
    const tree = await this.store.put(source.bundle);
    const proposal = await this.proposals.of(tree);
    const standing = proposal === undefined ? NOBODY : await this.standingOf(proposal);
    const needs = this.needsApproval(source);
    if (needs && (proposal === undefined || standing.approvers.length < approvalsNeeded(standing))) {
      await this.#hold(tree, settings, this.changes(source));
      return 'held';
    }
    const how = this.#parts.settings.demo ? 'demo' : needs ? 'approved' : 'alone';
    try {
      const prepared = await this.#parts.prepare(settings);
      await this.#takeUp(settings.generation, source, prepared, { tree, how, proposal, standing });
      return 'in-force';
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      return [await this.#refuse(error, settings, source, tree)];
    }
  }

  /** It says nothing wrong, and its keys do not fit or a port is taken. */
  async #refuse({ facts }: Misfit, { generation }: Settings, source: Source, tree: string): Promise<Problem> {
    const problem = source.at(facts.path, facts.fault, facts.remedy);
    const place = `${problem.file}#/${facts.path.join('/')}`;
    const fields = { from: this.#parts.current.value.id, to: generation.id, tree, reason: 'does-not-fit', place };
    await this.#parts.audit.record({ kind: 'generation', outcome: 'refused', fields });
    return problem;
  }

  async #takeUp(
    generation: Generation,
    source: Source,
    prepared: PreparedGeneration,
    { tree, how, proposal, standing }: Pick<HistoryRow, 'tree' | 'how'> & Taken,
  ): Promise<void> {
    const { logger } = this.#parts;
    const before = this.#inForce.row;
    const restart = restartNeeds(this.changes(source));
    const { author, message } = proposal ?? {};
    const { approvers, authorProven: authorSigned } = standing;
    const appliedBy = this.#applying?.tree === tree ? this.#applying.by : `${systemAuthor()} by the files`;
    const change = { generation: generation.id, tree, parent: before.generation, how, author, message };
    const row = { ...rowOf(this.#parts, change), approvers, authorSigned, appliedBy };
    // The same again, after files that were wrong were set right, is no new one.
    const isNew = generation.id !== before.generation;
    await this.#write(row, isNew).catch(async (error: unknown) => {
      await prepared.discard();
      throw error;
    });
    await prepared.commit();
    logger.info({ generation: generation.id }, 'a new generation of the configuration is in force');
    if (proposal !== undefined) await this.proposals.save({ ...proposal, state: 'in-force' });
    this.#inForce = { row: isNew ? row : before, source };
    this.notHeld();
    if (restart.length > 0) logger.warn({ restart }, 'these settings changed and are taken up at the next start');
  }

  async #write(row: HistoryRow, isNew: boolean): Promise<void> {
    await this.#parts.audit.record({ kind: 'generation', outcome: 'done', fields: fieldsOf(row) });
    if (isNew) await this.store.append(row);
  }

  /** What lies on the disk is in force, or nothing is asked for any more. */
  notHeld(): void {
    this.#held = undefined;
    this.#parts.metrics.gauge('sluis_configuration_unapproved', 0);
  }

  /**
   * Who stands for a proposal now: the author, where he signed and still may, and good signatures by others than him who may
   * approve today. Whoever was shut out, or lost role or key, since he signed does not count.
   */
  async standingOf(proposal: Proposal): Promise<Standing> {
    const { current, clock, signerOf } = this.#parts;
    if (proposal.state !== 'open' || !isStepFrom(proposal, this.#inForce.row, clock.now())) return NOBODY;
    const { author, proof } = proposal;
    const text = textToSign(proposal);
    const counted = new Map<string, string>();
    for (const approval of proposal.approvals) {
      const found = await signerOf(approval, text, current.value);
      if (!('signer' in found) || found.signer !== approval.signer) continue;
      const refusal = approverRefusal(current.value, found.signer, author, dateOf(clock.now()));
      if (refusal === undefined) counted.set(naturalPerson(current.value.partners, found.signer), found.signer);
    }
    const approvers = [...counted.values()];
    if (proof === undefined) return { authorProven: false, approvers };
    const refusal = await this.authorRefusalOf(proposal, proof);
    return { authorProven: refusal === undefined, authorRefusal: refusal, approvers };
  }

  /** Why a signature is not one of the author that counts at this moment. */
  async authorRefusalOf(proposal: Proposal, signed: Signed): Promise<string | undefined> {
    const { current, clock, signerOf } = this.#parts;
    const found = await signerOf(signed, textToSign(proposal), current.value);
    if ('refusal' in found) return found.refusal;
    return authorRefusal(current.value, found.signer, proposal.author, dateOf(clock.now()));
  }

  async #hold(tree: string, settings: Settings, changes: readonly Change[]): Promise<void> {
    const { audit, metrics, logger, clock, current } = this.#parts;
    metrics.gauge('sluis_configuration_unapproved', 1);
    if (this.#held?.tree === tree) return;
    this.#held = { tree, since: clock.now(), changes };
    const waiting = changes.filter(({ needsApproval }) => needsApproval).map(({ file, path }) => `${file}#/${path}`);
    const fields = { from: current.value.id, to: settings.generation.id, tree, reason: 'not-approved' };
    await audit.record({ kind: 'generation', outcome: 'refused', fields });
    logger.error(
      { tree, generation: settings.generation.id, changes: waiting.slice(0, 20) },
      'the configuration was changed and nobody approved it; the old generation stays in force',
    );
  }
}

type Taken = { readonly proposal: Proposal | undefined; readonly standing: Standing };

type RowParts = {
  readonly generation: string;
  readonly tree: string;
  readonly parent: string | undefined;
  readonly how: HowInForce;
  readonly author?: string | undefined;
  readonly message?: string | undefined;
};

function rowOf({ clock }: DeskParts, { author = systemAuthor(), ...row }: RowParts): HistoryRow {
  return { at: new Date(clock.now()).toISOString(), ...row, author, approvers: [] };
}

/** Who changed files without saying who: only the user of the machine is known. */
export function systemAuthor(): string {
  return `system:${userInfo().username}`;
}

function isDemo(row: HistoryRow): boolean {
  return row.how === 'demo';
}

function fieldsOf({ parent, generation, tree, how, author, approvers, ...row }: HistoryRow) {
  const { authorSigned, appliedBy, message } = row;
  const named = approvers.length === 0 ? {} : { approvers: approvers.join(' ') };
  const given = Object.entries({ from: parent, authorSigned, appliedBy, message }).filter(
    (entry): entry is [string, string | boolean] => entry[1] !== undefined && entry[1] !== '',
  );
  return { ...Object.fromEntries(given), to: generation, tree, how, author, ...named };
}
