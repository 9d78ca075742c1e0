import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Traffic } from '../access/bandwidth.ts';
import type { HttpAnswer, HttpHandler, LendsBytes } from '../domain/http.ts';
import type { Logger } from '../domain/logger.ts';
import type { Session } from '../domain/principal.ts';
import { type Pass, RequestBody } from './body.ts';
import { guard } from './guard.ts';
import { plainAnswer } from './pages.ts';

/** How long a client may go on sending a body that nobody reads, so that it sees the answer and not a reset. */
const LINGER_MS = 5_000;

/** On every answer. A handler may set its own Content-Security-Policy and Cache-Control. */
const DEFAULT_HEADERS: HttpAnswer['headers'] = {
  Server: 'Sluis',
  'Strict-Transport-Security': 'max-age=31536000', // a year, RFC 6797
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox",
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

export type ExchangeParts = {
  readonly handler: HttpHandler;
  readonly logger: Logger;
  readonly minBodyBytesPerSecond: number;
  readonly traffic: Pick<Traffic, 'pass'>;
};

/** Answers one request of an admitted session: guard, handler, answer. Never throws. */
export async function serve(
  message: IncomingMessage,
  response: ServerResponse,
  session: Session,
  parts: ExchangeParts,
  closing: boolean,
): Promise<void> {
  try {
    const { answer, broken } = await produce(message, response, session, parts);
    const pass: Pass = (bytes) => parts.traffic.pass(session.principal.partner, 'out', bytes);
    await send(message, response, answer, closing || broken, pass);
  } catch (error) {
    // The head may be on its way, so that only a cut tells the client that the rest is missing.
    parts.logger.debug({ err: error }, 'an answer was cut');
    response.destroy();
  }
}

async function produce(
  message: IncomingMessage,
  response: ServerResponse,
  session: Session,
  parts: ExchangeParts,
): Promise<{ readonly answer: HttpAnswer; readonly broken: boolean }> {
  const guarded = guard({
    method: message.method ?? '',
    target: message.url ?? '',
    httpVersion: message.httpVersion,
    rawHeaders: message.rawHeaders,
  });
  if (!guarded.ok) return { answer: plainAnswer(guarded.status, guarded.sentence), broken: true };
  const { head } = guarded;
  const begins = () => {
    if (head.waitsForContinue) response.writeContinue();
  };
  const pass: Pass = (bytes) => parts.traffic.pass(session.principal.partner, 'in', bytes);
  const body = new RequestBody(message, head.body, parts.minBodyBytesPerSecond, begins, pass);
  try {
    // Who has left before somebody asks to be told of it does not leave again.
    const onLeave = (left: () => void) => (response.destroyed ? left() : void response.once('close', left));
    const answer = await parts.handler({ ...head, body, session, onLeave });
    if (body.failure !== 'too-slow') return { answer, broken: body.failure !== undefined };
    return { answer: plainAnswer(408, 'the body of the request came too slowly'), broken: true };
  } catch (error) {
    parts.logger.error({ err: error, method: head.method }, 'a handler failed');
    return { answer: plainAnswer(500, 'the gateway could not do this; the operator has been told'), broken: true };
  }
}

/** Writes an answer with back-pressure. @throws where the client left or the body could not be read to its end */
export async function send(
  message: IncomingMessage,
  response: ServerResponse,
  answer: HttpAnswer,
  close: boolean,
  pass: Pass = () => undefined,
): Promise<void> {
  const unread = !message.complete;
  const headers: Record<string, string | number> = { ...DEFAULT_HEADERS, ...answer.headers };
  if (close || unread) headers.Connection = 'close';
  const { body } = answer;
  if (typeof body === 'string' || body instanceof Uint8Array) headers['Content-Length'] = Buffer.byteLength(body);
  else if (body === undefined && message.method !== 'HEAD' && answer.status !== 204 && answer.status !== 304) {
    headers['Content-Length'] ??= 0;
  }
  if (response.destroyed || !message.socket.writable) {
    discard(body);
    return;
  }
  response.writeHead(answer.status, headers);
  if (typeof body === 'string' || body instanceof Uint8Array) await pass(Buffer.byteLength(body));
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    if (body === undefined || body.length === 0) response.flushHeaders();
    else response.write(body);
    if (unread) await drain(message);
    await finished(response);
    return;
  }
  const sent = await write(response, isLending(body) ? body.lend() : body, pass);
  const expected = headers['Content-Length'];
  if (expected !== undefined && Number(expected) !== sent) throw new Error(`announced ${expected} bytes, had ${sent}`);
  await finished(response);
}

/**
 * One piece at a time, each on its way to the client before the next is asked for: memory that was lent is free again.
 * @returns the number of bytes @throws where the client left or the source failed; the source is closed either way
 */
async function write(
  response: ServerResponse,
  source: AsyncIterable<Uint8Array | string>,
  pass: Pass,
): Promise<number> {
  let fail: (error: Error) => void = () => undefined;
  const left = () => fail(new Error('the client left'));
  response.once('close', left);
  try {
    let sent = 0;
    for await (const piece of source) {
      const passing = pass(Buffer.byteLength(piece));
      if (passing !== undefined) await passing;
      if (response.destroyed) throw new Error('the client left');
      await new Promise<void>((resolve, reject) => {
        fail = reject;
        response.write(piece, (error) => (error ? reject(error) : resolve()));
      });
      sent += typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length;
    }
    return sent;
  } finally {
    response.off('close', left);
  }
}

function isLending(body: object): body is LendsBytes {
  return 'lend' in body;
}

function discard(body: HttpAnswer['body']): void {
  if (body instanceof Readable) body.destroy();
}

function finished(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve);
    response.end(resolve);
  });
}

/** Reads and forgets what the client still sends, until it ends, leaves, or the time is up. */
async function drain(message: IncomingMessage): Promise<void> {
  const enough = new AbortController();
  const stop = (): void => enough.abort();
  message.once('end', stop).once('close', stop).once('error', stop);
  message.resume();
  await delay(LINGER_MS, undefined, { signal: enough.signal }).catch(() => undefined);
}
