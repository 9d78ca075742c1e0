import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { HttpAnswer, HttpHandler } from '../domain/http.ts';
import type { Logger } from '../domain/logger.ts';
import type { Session } from '../domain/principal.ts';
import { RequestBody } from './body.ts';
import { guard } from './guard.ts';
import { plainAnswer } from './pages.ts';

/** How long a client may go on sending a body that nobody reads, so that it sees the answer and not a reset. */
const LINGER_MS = 5_000;

/** On every answer. A handler may set its own Content-Security-Policy and Cache-Control. */
const DEFAULT_HEADERS: HttpAnswer['headers'] = {
  Server: 'Sluis',
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
    await send(message, response, answer, closing || broken);
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
  const body = new RequestBody(message, head.body, parts.minBodyBytesPerSecond, () => {
    if (head.waitsForContinue) response.writeContinue();
  });
  try {
    const answer = await parts.handler({ ...head, body, session });
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
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    if (body === undefined || body.length === 0) response.flushHeaders();
    else response.write(body);
    if (unread) await drain(message);
    await finished(response);
    return;
  }
  await pipeline(
    body instanceof Readable ? body : Readable.from(body, { highWaterMark: 1 }),
    exactly(headers),
    response,
  );
}

/** A stream that ends before its announced length would leave the client waiting for the next answer: fail instead. */
function exactly(headers: Readonly<Record<string, string | number>>) {
  const expected = headers['Content-Length'];
  return async function* (source: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array | string> {
    let sent = 0;
    for await (const chunk of source) {
      sent += Buffer.byteLength(chunk);
      yield chunk;
    }
    if (expected !== undefined && Number(expected) !== sent) {
      throw new Error(`announced ${expected} bytes and had ${sent}`);
    }
  };
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
