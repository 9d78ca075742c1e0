import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { asGatewayError, GatewayError } from '../domain/errors.ts';
import type { VPath } from '../domain/vpath.ts';
import { encodeFrame, FrameReader } from './frames.ts';

/** An error as it goes from one process to another; `cause` is for the log. */
type Failure = {
  readonly code: GatewayError['code'];
  readonly message: string;
  readonly cause?: string | undefined;
  readonly path?: VPath | undefined;
  readonly detail?: string | undefined;
};

type Message =
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly argument: unknown }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure }
  | { readonly kind: 'tell'; readonly topic: string; readonly value: unknown };

/** What one end does for the other. Calls are answered when they are done, in any order; what is told is taken in order. */
export type LinkHandlers = {
  readonly call: (method: string, argument: unknown) => Promise<unknown>;
  readonly tell: (topic: string, value: unknown) => void;
  /** Called once, when nothing comes or goes any more. */
  readonly ended: (why: string) => void;
};

/** How a call that was sent and not answered ends: `broken` where nobody knows whether it was done. */
export type Lost = 'broken' | 'unavailable';

type Waiting = {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: GatewayError) => void;
  readonly lost: Lost;
  readonly deadline: number;
};

export type LinkLimits = {
  /** Calls of ours that wait for an answer; more are refused. */
  readonly maxCalls: number;
  /** Calls of the other end that run; beyond it nothing more is read until some are done. */
  readonly maxRunning: number;
  /** Bytes that wait to be sent: beyond it our calls are refused, and nothing more is read. */
  readonly maxQueuedBytes: number;
  /** After this without an answer the other end is given up. */
  readonly deadlineMs: number;
};

const LIMITS: LinkLimits = {
  maxCalls: 10_000,
  maxRunning: 10_000,
  maxQueuedBytes: 64 * 1024 * 1024,
  deadlineMs: 30_000,
};
const LOOK_MS = 1_000;
/** How long `finish` waits for answers. */
const FINISH_ROUND_MS = 10;

/** One connection between two processes of the gateway: calls and messages in both directions, each in order. */
export class Link {
  readonly #socket: Socket;
  readonly #handlers: LinkHandlers;
  readonly #limits: LinkLimits;
  readonly #reader = new FrameReader();
  readonly #waiting = new Map<number, Waiting>();
  readonly #look: NodeJS.Timeout;
  #lastCall = 0;
  #running = 0;
  #corked = false;
  #ended: GatewayError | undefined;

  constructor(socket: Socket, handlers: LinkHandlers, limits: Partial<LinkLimits> = {}) {
    this.#socket = socket;
    this.#handlers = handlers;
    this.#limits = { ...LIMITS, ...limits };
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('drain', () => this.#breathe());
    socket.on('error', (error) => this.end(error.message));
    socket.on('close', () => this.end('the other process is gone'));
    this.#look = setInterval(() => this.#lookAtDeadlines(), LOOK_MS).unref();
  }

  /** Bytes that came before anybody listened. */
  feed(first: Buffer): void {
    if (first.length > 0) this.#received(first);
  }

  /** Whether it still works. */
  get isOpen(): boolean {
    return this.#ended === undefined;
  }

  /**
   * Asks the other end.
   * @param lost how it ends where it was sent and no answer comes
   * @throws GatewayError what the other end threw; `unavailable` where it was not sent
   */
  async call(method: string, argument: unknown, lost: Lost = 'unavailable'): Promise<unknown> {
    if (this.#ended !== undefined) throw this.#ended;
    const { maxCalls, maxQueuedBytes, deadlineMs } = this.#limits;
    if (this.#waiting.size >= maxCalls || this.#socket.writableLength > maxQueuedBytes) {
      throw new GatewayError('unavailable', 'the gateway is overloaded; try again later');
    }
    this.#lastCall += 1;
    const id = this.#lastCall;
    const frame = encoded({ kind: 'call', id, method, argument });
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve, reject, lost, deadline: performance.now() + deadlineMs });
    this.#send(frame);
    return promise;
  }

  /** Tells the other end, and nobody waits for it. */
  tell(topic: string, value: unknown): void {
    if (this.#ended !== undefined) return;
    // Calls are refused long before; who does not even read what it is told is given up.
    if (this.#socket.writableLength > 2 * this.#limits.maxQueuedBytes) this.end('the other process does not read');
    else this.#send(encoded({ kind: 'tell', topic, value }));
  }

  /** Ends it when every call of ours was answered, or the deadline is over. */
  async finish(deadlineMs: number): Promise<void> {
    const until = performance.now() + deadlineMs;
    while (this.#waiting.size > 0 && performance.now() < until) await delay(FINISH_ROUND_MS);
    this.end('closed');
  }

  /** Ends it now; what was asked and not answered fails. */
  end(why: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = new GatewayError('unavailable', 'the gateway takes nothing now; try again later');
    clearInterval(this.#look);
    this.#socket.end();
    this.#socket.destroySoon();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject, lost } of waiting) {
      const text = 'the gateway can not tell whether this was done; look before you send it again';
      reject(lost === 'broken' ? new GatewayError('broken', text, { cause: new Error(why) }) : this.#ended);
    }
    this.#handlers.ended(why);
  }

  // Messages of the same turn of the event loop go together.
  #send(frame: Buffer): void {
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
      setImmediate(() => {
        this.#corked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(frame);
  }

  #received(chunk: Buffer): void {
    try {
      for (const value of this.#reader.push(chunk)) this.#take(parseMessage(value));
    } catch (error) {
      this.end(error instanceof Error ? error.message : String(error));
    }
  }

  #take(message: Message): void {
    if (this.#ended !== undefined) return;
    if (message.kind === 'tell') this.#handlers.tell(message.topic, message.value);
    else if (message.kind === 'call') this.#run(message.id, message.method, message.argument);
    else {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.kind === 'done') waiting?.resolve(message.value);
      else waiting?.reject(errorOf(message.failure));
    }
  }

  #run(id: number, method: string, argument: unknown): void {
    this.#running += 1;
    this.#breathe();
    const work = this.#handlers.call(method, argument).then(
      (value) => encoded({ kind: 'done', id, value }),
      (error: unknown) => encoded({ kind: 'failed', id, failure: failureOf(error) }),
    );
    work
      .catch((error: unknown) => encoded({ kind: 'failed', id, failure: failureOf(error) }))
      .then((frame) => {
        this.#running -= 1;
        if (this.#ended === undefined) this.#send(frame);
        this.#breathe();
      })
      .catch((error: unknown) => this.end(String(error)));
  }

  /** Reads on where there is room for more. */
  #breathe(): void {
    const { maxRunning, maxQueuedBytes } = this.#limits;
    if (this.#running >= maxRunning || this.#socket.writableLength > maxQueuedBytes) this.#socket.pause();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  #lookAtDeadlines(): void {
    const now = performance.now();
    // Calls wait in the order of their deadlines.
    for (const { deadline } of this.#waiting.values()) {
      if (now > deadline) this.end('the other process does not answer');
      return;
    }
  }
}

function encoded(message: Message): Buffer {
  try {
    return encodeFrame(message);
  } catch (cause) {
    throw new GatewayError('broken', 'the gateway could not do this; the operator has been told', { cause });
  }
}

function failureOf(error: unknown): Failure {
  const { code, message, cause, path, detail } = asGatewayError(error);
  const reason = cause instanceof Error ? (cause.stack ?? cause.message) : cause;
  return { code, message, path, detail, ...(reason !== undefined && { cause: String(reason) }) };
}

function errorOf({ code, message, cause, path, detail }: Failure): GatewayError {
  return new GatewayError(code, message, { path, detail, ...(cause !== undefined && { cause }) });
}

/** The other end is a process of this very gateway: it has shown the word that only those know. */
function parseMessage(value: unknown): Message {
  if (typeof value === 'object' && value !== null && 'kind' in value) return value as Message;
  throw new Error('a message that is none');
}
