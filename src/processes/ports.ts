import { createServer, type Server, type Socket } from 'node:net';
import type { Logger } from '../domain/logger.ts';
import { Misfit } from '../domain/misfit.ts';

export type Address = { readonly host: string; readonly port: number };

/** A port that should be open, by the number of the listener behind it. */
export type WantedPort = Address & { readonly id: number };

/** A port that was bound: its own, or a free one where 0 was wanted. */
export type BoundPort = { readonly id: number; readonly port: number };

/** All are open, or none of the new ones is; `code` is that of the system, as in `EADDRINUSE`. */
export type PortsPrepared =
  | { readonly ok: true; readonly ports: readonly BoundPort[] }
  | { readonly ok: false; readonly id: number; readonly code: string };

type Held = { readonly wanted: Address; readonly server: Server; readonly bound: number; owner: number | undefined };

export type PortsParts = {
  /** A connection to the listener with this number; no byte of it was read. */
  readonly came: (id: number, socket: Socket) => void;
  /** Whether connections are handed to another process: nothing may be read of them here. */
  readonly pauses: boolean;
  readonly logger: Logger;
};

/**
 * The ports of the gateway, changed as a whole: new ones are opened first, and serve nobody until they are kept together with
 * those that stay. Then the others are closed.
 */
export class Ports {
  readonly #parts: PortsParts;
  #held: readonly Held[] = [];
  /** Of each wanted port the one that is open for it. */
  #prepared: readonly (readonly [id: number, held: Held])[] | undefined;

  constructor(parts: PortsParts) {
    this.#parts = parts;
  }

  /** Opens what is not open yet. What was prepared before and not kept is given up. Never throws. */
  async prepare(wanted: readonly WantedPort[]): Promise<PortsPrepared> {
    this.discard();
    const prepared: (readonly [number, Held])[] = [];
    for (const one of wanted) {
      const free = this.#held.filter((held) => !prepared.some(([, taken]) => taken === held));
      // A port on which another listener is to stand goes over to it.
      const open = free.find(({ owner }) => owner === one.id) ?? free.find((held) => passesTo(held, one, wanted));
      try {
        prepared.push([one.id, open ?? (await this.#open(one))]);
      } catch (error) {
        this.#closeAll(prepared.map(([, held]) => held).filter((held) => !this.#held.includes(held)));
        return { ok: false, id: one.id, code: codeOf(error) };
      }
    }
    this.#prepared = prepared;
    return { ok: true, ports: prepared.map(([id, { bound }]) => ({ id, port: bound })) };
  }

  /** From here on the prepared ports are served, and no others are open. */
  keep(): void {
    const prepared = this.#prepared;
    if (prepared === undefined) return;
    this.#prepared = undefined;
    const kept = prepared.map(([, held]) => held);
    this.#closeAll(this.#held.filter((held) => !kept.includes(held)));
    for (const [id, held] of prepared) held.owner = id;
    this.#held = kept;
  }

  /** Closes what was opened and not kept. */
  discard(): void {
    const prepared = this.#prepared ?? [];
    this.#prepared = undefined;
    this.#closeAll(prepared.map(([, held]) => held).filter((held) => !this.#held.includes(held)));
  }

  close(): void {
    this.discard();
    this.#closeAll(this.#held);
    this.#held = [];
  }

  /** A server that closes lets the connections that came to it go on. */
  #closeAll(held: readonly Held[]): void {
    for (const one of held) {
      one.owner = undefined;
      one.server.close();
    }
  }

  async #open({ host, port }: WantedPort): Promise<Held> {
    const box: { held?: Held } = {};
    const server = createServer({ pauseOnConnect: this.#parts.pauses }, (socket) => {
      const owner = box.held?.owner;
      if (owner === undefined) socket.destroy();
      else this.#parts.came(owner, socket);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', (error) => this.#parts.logger.error({ err: error }, 'a port failed'));
    const address = server.address();
    const bound = typeof address === 'object' && address !== null ? address.port : port;
    box.held = { wanted: { host, port }, server, bound, owner: undefined };
    return box.held;
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'end what uses it, or write another port; save the file again then',
  EACCES: 'give the gateway the right to open it, or write a port from 1024 on',
  EADDRNOTAVAIL: 'write an address of this machine as its host',
};

/** The refusal of a configuration whose ports can not be opened. @param wanted in the order of its listeners */
export function portMisfit({ id, code }: PortsPrepared & { ok: false }, wanted: readonly WantedPort[]): Misfit {
  const index = wanted.findIndex((one) => one.id === id);
  return misfitOfPort(['listeners', index, 'port'], wanted[index] ?? { host: '', port: 0 }, code);
}

/** The refusal of one port. */
export function misfitOfPort(path: readonly (string | number)[], { host, port }: Address, code: string): Misfit {
  const remedy = REMEDIES[code] ?? 'write another port';
  return new Misfit({ path, fault: `port ${port} of ${host} can not be opened (${code})`, remedy });
}

function passesTo({ wanted, owner }: Held, to: WantedPort, all: readonly WantedPort[]): boolean {
  const isLeft = !all.some(({ id }) => id === owner);
  return isLeft && to.port !== 0 && wanted.host === to.host && wanted.port === to.port;
}

/** The name the system gives an error. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
