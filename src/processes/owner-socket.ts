import { timingSafeEqual } from 'node:crypto';
import { chmod, lstat, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { GatewayError } from '../domain/errors.ts';
import { Link, type LinkHandlers, type LinkLimits } from './link.ts';

const HELLO_MS = 10_000;
/** Name of a process and the word, in hexadecimal. */
const MAX_HELLO_BYTES = 256;
const OTHERS = 0o077;

/** How the owner greets a process that joined: what is done for it, until the link ends. */
export type Welcome = (name: string, link: () => Link) => LinkHandlers;

export type OwnerSocketParts = {
  /** In the data folder, which is the gateway's alone. */
  readonly path: string;
  /** What only processes of this gateway know. */
  readonly word: string;
  readonly welcome: Welcome;
  readonly limits?: Partial<LinkLimits> | undefined;
};

/** Where the owner is reached by the other processes of its gateway: mode 0600, and a word besides. */
export class OwnerSocket {
  readonly #parts: OwnerSocketParts;
  readonly #server: Server;
  readonly #links = new Set<Link>();

  constructor(parts: OwnerSocketParts) {
    this.#parts = parts;
    this.#server = createServer((socket) => this.#came(socket));
  }

  /** The data folder is locked by this gateway, so a socket that stands there is a dead one. */
  async listen(): Promise<void> {
    const { path } = this.#parts;
    await rm(path, { force: true });
    const mask = process.umask(OTHERS | 0o100);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject);
        this.#server.listen(path, resolve);
      });
    } finally {
      process.umask(mask);
    }
    await chmod(path, 0o600);
  }

  async close(): Promise<void> {
    for (const link of this.#links) link.end('the owner stops');
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await rm(this.#parts.path, { force: true });
  }

  /** One line: word, space, name. */
  #came(socket: Socket): void {
    let heard = Buffer.alloc(0);
    socket.setTimeout(HELLO_MS, () => socket.destroy());
    const fail = () => socket.destroy();
    socket.on('error', fail);
    const hear = (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]);
      const end = heard.indexOf('\n');
      if (end < 0 && heard.length <= MAX_HELLO_BYTES) return;
      socket.off('data', hear).off('error', fail);
      const [word = '', name = ''] = heard.toString('latin1', 0, Math.max(0, end)).split(' ', 2);
      if (!isSame(word, this.#parts.word)) {
        socket.destroy();
        return;
      }
      // Whoever joins may have said more already.
      this.#join(socket, name).feed(heard.subarray(end + 1));
    };
    socket.on('data', hear);
  }

  #join(socket: Socket, name: string): Link {
    socket.setTimeout(0);
    const box: { link?: Link } = {};
    const handlers = this.#parts.welcome(name, () => {
      if (box.link === undefined) throw new Error('a link is asked for before it is there');
      return box.link;
    });
    const ended = (why: string) => {
      if (box.link !== undefined) this.#links.delete(box.link);
      handlers.ended(why);
    };
    box.link = new Link(socket, { ...handlers, ended }, this.#parts.limits);
    this.#links.add(box.link);
    return box.link;
  }
}

/**
 * Joins the owner. Nothing is sent before the socket is seen to be the gateway's own.
 * @throws GatewayError `unavailable` where there is no owner, or the socket is not one of this user alone
 */
export async function joinOwner(
  { path, word, name }: { readonly path: string; readonly word: string; readonly name: string },
  handlers: LinkHandlers,
  limits?: Partial<LinkLimits>,
): Promise<Link> {
  const socket = await connect(path);
  try {
    const { uid, mode } = await lstat(path);
    if (uid !== process.getuid?.() || (mode & OTHERS) !== 0) throw new Error('the socket is open to others');
  } catch (cause) {
    socket.destroy();
    throw new GatewayError('unavailable', 'the socket of the owner is not this gateway’s own', { cause });
  }
  socket.write(`${word} ${name}\n`);
  return new Link(socket, handlers, limits);
}

async function connect(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once('error', (cause) => reject(new GatewayError('unavailable', 'the owner is not there', { cause })));
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
