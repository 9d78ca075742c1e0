import type { Buckets } from '../access/bandwidth.ts';
import type { LoginKey, LoginTry, Penalties } from '../access/login-limiter.ts';
import type { FactorLimiter } from '../access/second-factor.ts';
import { type StepUpDesk, StepUpTable } from '../access/step-ups.ts';
import type { Clock } from '../domain/clock.ts';
import type { Direction } from '../domain/partner.ts';
import type { PartnerId, Principal } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import type { LedgerCommand, StepUpKey } from '../storage/commands.ts';
import type { MustWait } from '../submissions/dry-run.ts';
import type { TrialEntry, TrialPass } from '../submissions/trial-gate.ts';
import type { Elsewhere } from '../vfs/elsewhere.ts';
import type { PartialState } from '../vfs/files.ts';
import type { Allowance } from '../vfs/quota.ts';
import type { SelectionDesk } from '../vfs/selections.ts';
import type { UnderWay, UploadBytes } from '../vfs/under-way.ts';
import type { ToOwner } from './messages.ts';

/** Failures are counted by the owner, for all processes together. */
export class RemoteLimiter implements Penalties, FactorLimiter {
  readonly #owner: ToOwner;

  constructor(owner: ToOwner) {
    this.#owner = owner;
  }

  refusal(key: LoginKey): Promise<number | undefined> {
    return this.#owner.call('login.refusal', key);
  }

  failed(tried: LoginTry): void {
    this.#owner.tell('login.failed', tried);
  }

  succeeded(fingerprint: string): void {
    this.#owner.tell('login.succeeded', fingerprint);
  }
}

/** The owner holds what every process may let pass of a partner. */
export class RemoteBuckets implements Buckets {
  readonly #owner: ToOwner;

  constructor(owner: ToOwner) {
    this.#owner = owner;
  }

  take(partner: PartnerId, direction: Direction, bytes: number): Promise<number> {
    return this.#owner.call('bandwidth.take', { partner, direction, bytes });
  }
}

/** The owner writes step-ups down and tells every worker which there are; here is what it told last. */
export class RemoteStepUps implements StepUpDesk {
  readonly table: StepUpTable;
  readonly #owner: ToOwner;

  constructor(owner: ToOwner, clock: Pick<Clock, 'now'>) {
    this.table = new StepUpTable(clock);
    this.#owner = owner;
  }

  get version(): number {
    return this.table.version;
  }

  until(key: StepUpKey, principal: Principal): number | undefined {
    return this.table.until(key, principal);
  }

  /** The owner tells what there is now before it answers. */
  grant(key: StepUpKey, principal: Principal, forMs: number, conditions: readonly LedgerCommand[]): Promise<number> {
    return this.#owner.call('step-up.grant', { key, principal, forMs, conditions }, 'broken');
  }
}

/** Uploads of other processes, which the owner knows. */
export class RemoteElsewhere implements Elsewhere {
  readonly #owner: ToOwner;

  constructor(owner: ToOwner) {
    this.#owner = owner;
  }

  began(path: VPath): void {
    this.#owner.tell('upload.began', path);
  }

  ended(path: VPath): void {
    this.#owner.tell('upload.ended', path);
  }

  /** Asked by the pipeline, which is the owner's. */
  isBeingWritten(): boolean {
    return false;
  }

  partsBegan(key: string): void {
    this.#owner.tell('parts.began', key);
  }

  partsEnded(key: string): void {
    this.#owner.tell('parts.ended', key);
  }

  async supersede(key: string): Promise<void> {
    await this.#owner.call('parts.supersede', key);
  }

  held(key: string): Promise<PartialState | undefined> {
    return this.#owner.call('parts.held', key);
  }
}

/** The owner counts what is under way in all processes. */
export class RemoteUnderWay implements UnderWay {
  readonly #owner: ToOwner;

  constructor(owner: ToOwner) {
    this.#owner = owner;
  }

  take(one: UploadBytes, within: Allowance): Promise<boolean> {
    return this.#owner.call('under-way.take', { one, within }, 'unavailable');
  }

  set(one: UploadBytes): void {
    this.#owner.tell('under-way.set', one);
  }

  of(areas: readonly VPath[]): Promise<number> {
    return this.#owner.call('under-way.of', areas);
  }
}

/** Selections that the owner keeps: the link may come in by another process than the one that made it. */
export class RemoteSelections implements SelectionDesk {
  readonly #owner: ToOwner;

  constructor(owner: ToOwner) {
    this.#owner = owner;
  }

  put(owner: string, paths: readonly VPath[]): Promise<string | undefined> {
    return this.#owner.call('selection.put', { owner, paths });
  }

  get(owner: string, id: string): Promise<readonly VPath[] | undefined> {
    return this.#owner.call('selection.get', { owner, id });
  }
}

/** Lets dry runs in as the owner says. */
export class RemoteTrialGate implements TrialEntry {
  readonly #owner: ToOwner;
  #last = 0;

  constructor(owner: ToOwner) {
    this.#owner = owner;
  }

  async enter(principal: Principal, bytes: number | undefined): Promise<TrialPass | MustWait> {
    this.#last += 1;
    const id = this.#last;
    const wait = await this.#owner.call('trial.enter', { id, principal, bytes }, 'unavailable');
    return wait ?? { leave: () => this.#owner.tell('trial.leave', { id }) };
  }
}
