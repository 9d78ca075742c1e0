import type { SessionsNow } from '../access/live-sessions.ts';
import type { LoginKey, LoginTry } from '../access/login-limiter.ts';
import type { MisfitFacts } from '../domain/misfit.ts';
import type { Direction } from '../domain/partner.ts';
import type { PartnerId, Principal, Session } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import type { LedgerCommand, StepUpKey, StepUpRow } from '../storage/commands.ts';
import type { CompletedContent } from '../storage/content-store.ts';
import type { Judged, MustWait } from '../submissions/dry-run.ts';
import type { Tried } from '../submissions/trial.ts';
import type { PartialState } from '../vfs/files.ts';
import type { Allowance } from '../vfs/quota.ts';
import type { UploadBytes } from '../vfs/under-way.ts';
import type { Link } from './link.ts';

/** A metric as prom-client writes it down. */
export type MetricJson = { readonly name: string; readonly values: readonly unknown[] };

type Asked<Argument, Answer> = { readonly argument: Argument; readonly answer: Answer };

/** What a worker tells the owner. `id` is the worker's own number of a connection. */
export type WorkerTells = {
  /** Somebody nobody knows came to the listener with this number. */
  readonly 'stranger.came': { readonly id: number; readonly listener: number; readonly address: string };
  readonly 'stranger.spoke': { readonly id: number };
  readonly 'stranger.proves': { readonly id: number; readonly fingerprint: string };
  readonly 'stranger.admitted': { readonly id: number; readonly fingerprint: string };
  readonly 'stranger.failed': { readonly id: number; readonly fingerprint: string | undefined };
  readonly 'stranger.left': { readonly id: number };
  readonly 'place.session': { readonly id: number; readonly session: Session };
  readonly 'place.leave': { readonly id: number };
  readonly 'login.failed': LoginTry;
  readonly 'login.succeeded': string;
  readonly 'upload.began': VPath;
  readonly 'upload.ended': VPath;
  readonly 'parts.began': string;
  readonly 'parts.ended': string;
  readonly 'under-way.set': UploadBytes;
  readonly 'trial.leave': { readonly id: number };
  /** A commit of this worker queued an arrival. */
  readonly arrival: undefined;
};

/** What a worker asks of the owner, besides the calls of the ledger. */
export type WorkerCalls = {
  readonly join: Asked<{ readonly pid: number }, unknown>;
  readonly 'place.enter': Asked<{ readonly id: number; readonly session: Session; readonly port: number }, boolean>;
  readonly 'login.refusal': Asked<LoginKey, number | undefined>;
  readonly 'bandwidth.take': Asked<
    { readonly partner: PartnerId; readonly direction: Direction; readonly bytes: number },
    number
  >;
  readonly 'step-up.grant': Asked<StepUpGrant, number>;
  readonly 'parts.supersede': Asked<string, undefined>;
  readonly 'selection.put': Asked<{ readonly owner: string; readonly paths: readonly VPath[] }, string | undefined>;
  readonly 'selection.get': Asked<{ readonly owner: string; readonly id: string }, readonly VPath[] | undefined>;
  readonly 'parts.held': Asked<string, PartialState | undefined>;
  readonly 'under-way.take': Asked<{ readonly one: UploadBytes; readonly within: Allowance }, boolean>;
  readonly 'under-way.of': Asked<readonly VPath[], number>;
  /** `id` is the worker's own number of a dry run; undefined where it is let in. */
  readonly 'trial.enter': Asked<
    { readonly id: number; readonly principal: Principal; readonly bytes: number | undefined },
    MustWait | undefined
  >;
  readonly 'trial.judge': Asked<{ readonly tried: Tried; readonly content: CompletedContent }, Judged | MustWait>;
};

export type StepUpGrant = {
  readonly key: StepUpKey;
  readonly principal: Principal;
  readonly forMs: number;
  readonly conditions: readonly LedgerCommand[];
};

/** What the owner tells a worker. */
export type OwnerTells = {
  readonly 'stranger.begin': { readonly id: number };
  readonly 'stranger.drop': { readonly id: number };
  readonly 'place.cut': { readonly id: number };
  readonly 'step-ups': readonly StepUpRow[];
};

/** What the owner asks of a worker. */
export type OwnerCalls = {
  /** A generation and the listeners it wants, to be made ready; answered with what does not fit. */
  readonly prepare: Asked<unknown, MisfitFacts | undefined>;
  /** The generation with this id, which was made ready, is to be in force when it is answered. */
  readonly commit: Asked<string, undefined>;
  /** What was made ready is not wanted. */
  readonly discard: Asked<undefined, undefined>;
  readonly metrics: Asked<undefined, readonly MetricJson[]>;
  /** Uploads and downloads under way. */
  readonly 'sessions.now': Asked<undefined, SessionsNow>;
  readonly 'parts.supersede': Asked<string, undefined>;
  readonly 'parts.held': Asked<string, PartialState | undefined>;
};

export type TellHandlers<Tells> = { readonly [Topic in keyof Tells]: (value: Tells[Topic]) => void };
export type CallHandlers<Calls extends Record<string, Asked<unknown, unknown>>> = {
  readonly [Method in keyof Calls]: (argument: Calls[Method]['argument']) => Promise<Calls[Method]['answer']>;
};

/** One end of a link with the messages it may say. */
export type Speaker<Tells, Calls extends Record<string, Asked<unknown, unknown>>> = {
  tell<Topic extends keyof Tells & string>(topic: Topic, value: Tells[Topic]): void;
  call<Method extends keyof Calls & string>(
    method: Method,
    argument: Calls[Method]['argument'],
    lost?: 'broken' | 'unavailable',
  ): Promise<Calls[Method]['answer']>;
};

export type ToOwner = Speaker<WorkerTells, WorkerCalls>;
export type ToWorker = Speaker<OwnerTells, OwnerCalls>;

/** The link as one that says these messages and no others; what is answered is what the other end's table says. */
export function speaker<Tells, Calls extends Record<string, Asked<unknown, unknown>>>(
  link: Pick<Link, 'tell' | 'call'>,
): Speaker<Tells, Calls> {
  return {
    tell: (topic, value) => link.tell(topic, value),
    call: (method, argument, lost) => link.call(method, argument, lost),
  };
}

/** Finds the handler of what was told. @throws Error for what nobody here takes */
export function hear<Tells>(handlers: TellHandlers<Tells>, topic: string, value: unknown): void {
  handlerOf(handlers, topic)(value);
}

/** Finds the handler of a call. @throws Error for what nobody here answers */
export function answer<Calls extends Record<string, Asked<unknown, unknown>>>(
  handlers: CallHandlers<Calls>,
  method: string,
  argument: unknown,
): Promise<unknown> {
  return handlerOf(handlers, method)(argument) as Promise<unknown>;
}

function handlerOf(handlers: object, name: string): (value: unknown) => unknown {
  if (!Object.hasOwn(handlers, name)) throw new Error(`nobody here takes "${name}"`);
  return (handlers as Readonly<Record<string, (value: unknown) => unknown>>)[name] ?? (() => undefined);
}
