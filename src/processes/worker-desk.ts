import type { Buckets } from '../access/bandwidth.ts';
import type { LiveSessions, Place } from '../access/live-sessions.ts';
import type { LoginLimiter } from '../access/login-limiter.ts';
import type { StepUps } from '../access/step-ups.ts';
import type { Peer, Stranger, Strangers } from '../access/waiting-room.ts';
import type { Principal, Session } from '../domain/principal.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { MustWait } from '../submissions/dry-run.ts';
import type { TrialParts } from '../submissions/trial.ts';
import type { TrialEntry, TrialPass } from '../submissions/trial-gate.ts';
import type { SelectionDesk } from '../vfs/selections.ts';
import type { UnderWay, UploadBytes } from '../vfs/under-way.ts';
import type { Link, LinkHandlers } from './link.ts';
import {
  answer,
  type CallHandlers,
  hear,
  type OwnerCalls,
  type OwnerTells,
  speaker,
  type TellHandlers,
  type ToWorker,
  type WorkerCalls,
  type WorkerTells,
} from './messages.ts';
import { answerLedger } from './remote-ledger.ts';
import type { UploadsOfWorkers } from './uploads-of-workers.ts';

/** What the owner holds for all workers. */
export type Holdings = {
  readonly ledger: Ledger;
  readonly limiter: LoginLimiter;
  readonly live: LiveSessions;
  readonly buckets: Buckets;
  readonly stepUps: Pick<StepUps, 'grant'>;
  readonly uploads: UploadsOfWorkers;
  readonly underWay: UnderWay;
  readonly selections: SelectionDesk;
  /** The waiting room of the listener with this number; undefined where there is no such listener any more. */
  readonly roomOf: (listener: number) => Strangers | undefined;
  readonly onArrival: () => void;
  readonly judge: TrialParts['judge'];
  readonly gate: TrialEntry;
};

type Guest = { readonly stranger: Stranger; readonly peer: { bytesRead: number } };

/** Everything the owner does for one worker. All of it ends with the link. */
export class WorkerDesk {
  readonly name: string;
  readonly worker: ToWorker;
  readonly #link: () => Link;
  readonly #holdings: Holdings;
  readonly #uploads: ReturnType<UploadsOfWorkers['of']>;
  readonly #guests = new Map<number, Guest>();
  readonly #places = new Map<number, { readonly place: Place; readonly session: { value: Session } }>();
  readonly #trials = new Map<number, TrialPass>();
  /** Uploads that have bytes under way. */
  readonly #underWay = new Map<string, UploadBytes>();
  #isGone = false;

  constructor(name: string, link: () => Link, holdings: Holdings) {
    this.name = name;
    this.#link = link;
    this.worker = speaker<OwnerTells, OwnerCalls>({
      tell: (topic, value) => link().tell(topic, value),
      call: (method, argument, lost) => link().call(method, argument, lost),
    });
    this.#holdings = holdings;
    this.#uploads = holdings.uploads.of(this.worker);
  }

  /** @param joined answers `join` */
  handlers(joined: CallHandlers<WorkerCalls>['join'], gone: (why: string) => void): LinkHandlers {
    const tells = this.#tells();
    const calls = this.#calls(joined);
    return {
      call: async (method, argument) =>
        answerLedger(this.#holdings.ledger, method, argument) ?? answer<WorkerCalls>(calls, method, argument),
      tell: (topic, value) => hear<WorkerTells>(tells, topic, value),
      ended: (why) => {
        this.#end();
        gone(why);
      },
    };
  }

  /** Gives the worker up. */
  drop(why: string): void {
    this.#link().end(why);
  }

  #tells(): TellHandlers<WorkerTells> {
    const { limiter, onArrival } = this.#holdings;
    const guest = (id: number) => this.#guests.get(id);
    return {
      'stranger.came': ({ id, listener, address }) => this.#came(id, listener, address),
      'stranger.spoke': ({ id }) => this.#spoke(id),
      'stranger.proves': ({ id, fingerprint }) => void guest(id)?.stranger.proves(fingerprint),
      'stranger.admitted': ({ id, fingerprint }) => guest(id)?.stranger.admitted(fingerprint),
      'stranger.failed': ({ id, fingerprint }) => guest(id)?.stranger.failed(fingerprint),
      'stranger.left': ({ id }) => this.#left(id),
      'place.session': ({ id, session }) => this.#changed(id, session),
      'place.leave': ({ id }) => this.#leave(id),
      'login.failed': (tried) => limiter.failed(tried),
      'login.succeeded': (fingerprint) => limiter.succeeded(fingerprint),
      'upload.began': this.#uploads.began,
      'upload.ended': this.#uploads.ended,
      'parts.began': this.#uploads.partsBegan,
      'parts.ended': this.#uploads.partsEnded,
      'under-way.set': (one) => this.#count(one),
      'trial.leave': ({ id }) => this.#leaveTrial(id),
      arrival: onArrival,
    };
  }

  #calls(join: CallHandlers<WorkerCalls>['join']): CallHandlers<WorkerCalls> {
    const { limiter, stepUps, uploads, buckets, judge, selections } = this.#holdings;
    return {
      join,
      'place.enter': async ({ id, session, port }) => this.#enter(id, session, port),
      'bandwidth.take': ({ partner, direction, bytes }) => buckets.take(partner, direction, bytes),
      'login.refusal': async (key) => limiter.refusal(key),
      'step-up.grant': ({ key, principal, forMs, conditions }) => stepUps.grant(key, principal, forMs, conditions),
      'parts.supersede': async (key) => {
        await uploads.supersedeFor(this.worker, key);
        return undefined;
      },
      'selection.put': ({ owner, paths }) => selections.put(owner, paths),
      'selection.get': ({ owner, id }) => selections.get(owner, id),
      'parts.held': (key) => uploads.heldFor(this.worker, key),
      'under-way.take': async ({ one, within }) => {
        if (!(await this.#holdings.underWay.take(one, within))) return false;
        this.#count(one);
        return true;
      },
      'under-way.of': (areas) => this.#holdings.underWay.of(areas),
      'trial.enter': ({ id, principal, bytes }) => this.#enterTrial(id, principal, bytes),
      'trial.judge': ({ tried, content }) => judge(tried, content),
    };
  }

  #came(id: number, listener: number, address: string): void {
    const bytes = { bytesRead: 0 };
    const peer: Peer = {
      remoteAddress: address,
      get bytesRead() {
        return bytes.bytesRead;
      },
      destroy: () => this.worker.tell('stranger.drop', { id }),
    };
    const room = this.#holdings.roomOf(listener);
    const stranger = room?.came(peer);
    if (room === undefined) peer.destroy();
    if (stranger !== undefined) this.#guests.set(id, { stranger, peer: bytes });
  }

  #spoke(id: number): void {
    const guest = this.#guests.get(id);
    if (guest === undefined) return;
    guest.peer.bytesRead = 1;
    guest.stranger.inTurn(() => this.worker.tell('stranger.begin', { id }));
  }

  #left(id: number): void {
    this.#guests.get(id)?.stranger.left();
    this.#guests.delete(id);
  }

  #enter(id: number, value: Session, port: number): boolean {
    const session = { value };
    const cut = () => this.worker.tell('place.cut', { id });
    const place = this.#holdings.live.enter(session, { port, process: this.name }, cut);
    if (place === undefined || this.#isGone) {
      place?.leave();
      return false;
    }
    this.#places.set(id, { place, session });
    return true;
  }

  #changed(id: number, session: Session): void {
    const held = this.#places.get(id);
    if (held !== undefined) held.session.value = session;
  }

  #leave(id: number): void {
    this.#places.get(id)?.place.leave();
    this.#places.delete(id);
  }

  #count(one: UploadBytes): void {
    const { upload, bytes } = one;
    if (bytes === 0 || this.#isGone) this.#underWay.delete(upload);
    else this.#underWay.set(upload, one);
    this.#holdings.underWay.set(this.#isGone ? { ...one, bytes: 0 } : one);
  }

  async #enterTrial(id: number, principal: Principal, bytes: number | undefined): Promise<MustWait | undefined> {
    const pass = await this.#holdings.gate.enter(principal, bytes);
    if ('waitMs' in pass) return pass;
    if (this.#isGone) pass.leave();
    else this.#trials.set(id, pass);
    return undefined;
  }

  #leaveTrial(id: number): void {
    this.#trials.get(id)?.leave();
    this.#trials.delete(id);
  }

  #end(): void {
    this.#isGone = true;
    for (const id of [...this.#guests.keys()]) this.#left(id);
    for (const id of [...this.#places.keys()]) this.#leave(id);
    for (const id of [...this.#trials.keys()]) this.#leaveTrial(id);
    for (const one of this.#underWay.values()) this.#count(one);
    this.#uploads.gone();
  }
}
