import { chmod, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { userInfo } from 'node:os';
import { asGatewayError, GatewayError } from '../domain/errors.ts';
import type { AuditLine } from '../storage/commands.ts';

const MAX_REQUEST_BYTES = 64 * 1024;
const TIMEOUT_MS = 30_000;

/** A command sent to the running gateway and what it answered, one JSON line each. */
export type ControlRequest = { readonly command: string; readonly arguments: readonly string[] };
type ControlReply = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: string };

/** Answers one command; its result goes to the caller as JSON. @throws GatewayError for the caller to read */
export type ControlHandler = (request: ControlRequest) => Promise<unknown>;

type Parts = {
  readonly path: string;
  readonly handle: ControlHandler;
  readonly audit: (line: AuditLine) => Promise<void>;
};

/**
 * `var/control.sock`: who may open it (mode 0600, the gateway's own user) may ask and change live state. Every call is
 * audited before it is done.
 */
export class ControlSocket {
  readonly #parts: Parts;
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** The data folder is locked by this gateway, so a socket that stands there is a dead one. */
  async listen(): Promise<void> {
    await rm(this.#parts.path, { force: true });
    const mask = process.umask(0o177);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject);
        this.#server.listen(this.#parts.path, resolve);
      });
    } finally {
      process.umask(mask);
    }
    await chmod(this.#parts.path, 0o600);
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await rm(this.#parts.path, { force: true });
  }

  #serve(socket: Socket): void {
    this.#open.add(socket);
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#open.delete(socket));
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (text.length > MAX_REQUEST_BYTES) socket.destroy();
      else if (end >= 0) {
        socket.pause();
        void this.#answer(text.slice(0, end)).then((reply) => socket.end(`${JSON.stringify(reply)}\n`));
      }
    });
  }

  async #answer(line: string): Promise<ControlReply> {
    try {
      const request = parseRequest(line);
      const fields = { command: request.command, arguments: request.arguments, systemUser: userInfo().username };
      await this.#parts.audit({ kind: 'control', outcome: 'done', fields });
      return { ok: true, result: await this.#parts.handle(request) };
    } catch (error) {
      return { ok: false, error: asGatewayError(error).message };
    }
  }
}

/** Asks the running gateway. @throws GatewayError `not-running`, `bad-request` with the gateway's own words */
export async function askGateway(path: string, request: ControlRequest): Promise<unknown> {
  const text = await new Promise<string>((resolve, reject) => {
    const socket = createConnection(path, () => socket.write(`${JSON.stringify(request)}\n`));
    let received = '';
    socket.setEncoding('utf8');
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('the gateway does not answer')));
    socket.on('data', (chunk: string) => {
      received += chunk;
    });
    socket.on('end', () => resolve(received));
    socket.on('error', (error) =>
      reject(new GatewayError('not-running', 'the gateway is not running', { cause: error })),
    );
  });
  const reply: unknown = JSON.parse(text);
  if (!isReply(reply)) throw new GatewayError('broken', 'the gateway gave an answer that can not be read');
  if (!reply.ok) throw new GatewayError('bad-request', reply.error);
  return reply.result;
}

function parseRequest(line: string): ControlRequest {
  const value: unknown = JSON.parse(line);
  if (typeof value === 'object' && value !== null && 'command' in value && 'arguments' in value) {
    const { command, arguments: words } = value;
    if (typeof command === 'string' && Array.isArray(words) && words.every((word) => typeof word === 'string')) {
      return { command, arguments: words };
    }
  }
  throw new GatewayError('bad-request', 'a request is {"command": …, "arguments": […]}');
}

function isReply(value: unknown): value is ControlReply {
  return typeof value === 'object' && value !== null && 'ok' in value && ('result' in value || 'error' in value);
}
