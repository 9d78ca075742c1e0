import type { BlockList, Socket } from 'node:net';
import type { Current } from '../domain/current.ts';
import type { Limits, Listener } from '../domain/generation.ts';
import { networksOf, normaliseAddress, standsIn } from '../domain/network.ts';
import { readProxyHeader } from './proxy-header.ts';
import type { Peer, Stranger, WaitingRoomParts } from './waiting-room.ts';

/** Connections of proxies that have not said for whom they are; above this many times the limit of strangers, the oldest goes. */
const PENDING_FACTOR = 4;

export type ProxyDoorParts = {
  readonly listener: Current<Listener>;
  readonly limits: Current<Pick<Limits, 'headersTimeoutSeconds' | 'maxUnauthenticated'>>;
  readonly audit: WaitingRoomParts['audit'];
};

type Reason = 'proxy-header-missing' | 'proxy-header-bad' | 'proxy-header-forged' | 'proxy-not-listed';

/**
 * Stands before TLS and SSH. A connection of a listed proxy begins with a header of the PROXY protocol, and from there on its
 * address is the client's; one from anywhere else has none.
 */
export class ProxyDoor {
  readonly #parts: ProxyDoorParts;
  #proxies: { readonly of: readonly string[]; readonly networks: BlockList };
  /** The oldest is the first. */
  readonly #pending = new Map<Socket, (reason: Reason) => void>();

  constructor(parts: ProxyDoorParts) {
    this.#parts = parts;
    this.#proxies = { of: [], networks: networksOf([]) };
  }

  /**
   * @param socket no byte of it was read
   * @param came called once, unless the connection ends before: at once, or after the header; the socket is paused then
   */
  enter(socket: Socket, came: (peer: Peer) => void): void {
    const address = normaliseAddress(socket.remoteAddress ?? '');
    if (this.#isProxy(address)) this.#read(socket, address, came);
    else came(socket);
  }

  /**
   * Why a connection that is open may not stay: whose word its address is has changed.
   * @param address what it is known by, which a proxy may have told
   */
  objection(socket: Pick<Socket, 'remoteAddress'>, address: string): Reason | undefined {
    const peer = normaliseAddress(socket.remoteAddress ?? '');
    const wasTold = peer !== address;
    if (peer === '' || this.#isProxy(peer) === wasTold) return undefined;
    const reason = wasTold ? 'proxy-not-listed' : 'proxy-header-missing';
    this.#note(reason, address, wasTold ? peer : undefined);
    return reason;
  }

  #isProxy(address: string): boolean {
    const { proxies } = this.#parts.listener.value;
    if (proxies !== this.#proxies.of) this.#proxies = { of: proxies, networks: networksOf(proxies) };
    return standsIn(address, this.#proxies.networks);
  }

  /** Its first bytes are a header, and it does not come from a proxy, or comes from behind one. */
  forged(socket: Socket, visit: Stranger): void {
    this.#note('proxy-header-forged', visit.address);
    visit.failed();
    socket.destroy();
  }

  /** Ends those that have not said for whom they are. */
  close(): void {
    for (const socket of this.#pending.keys()) socket.destroy();
  }

  #read(socket: Socket, proxy: string, came: (peer: Peer) => void): void {
    let held = Buffer.alloc(0);
    const seconds = this.#parts.limits.value.headersTimeoutSeconds;
    const late = () =>
      refuse(held.length === 0 ? 'proxy-header-missing' : 'proxy-header-bad', 'a header that does not end');
    const timer = setTimeout(late, seconds * 1000);
    const done = () => {
      clearTimeout(timer);
      this.#pending.delete(socket);
      socket.off('data', read).off('end', ended).off('error', gone).off('close', done);
    };
    const refuse = (reason: Reason, detail?: string) => {
      done();
      this.#note(reason, proxy, reason === 'proxy-header-bad' ? detail : undefined);
      socket.on('error', () => undefined).destroy();
    };
    const gone = () => void socket.destroy();
    // Who connects and says nothing looks whether we are there.
    const ended = () => (held.length === 0 ? gone() : late());
    const read = (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      const header = readProxyHeader(held);
      if (header.kind === 'more') return;
      if (header.kind === 'none') return refuse('proxy-header-missing');
      if (header.kind === 'bad') return refuse('proxy-header-bad', header.fault);
      done();
      // HAProxy's health checks name itself where version 1 has no better word.
      if (header.kind === 'local' || normaliseAddress(header.address) === proxy) return endQuietly(socket);
      socket.pause();
      if (held.length > header.bytes) socket.unshift(held.subarray(header.bytes));
      came(clientOf(socket, header.address, header.bytes));
    };
    this.#pending.set(socket, refuse);
    socket.on('data', read).on('end', ended).on('error', gone).on('close', done);
    this.#dropSurplus();
  }

  #dropSurplus(): void {
    if (this.#pending.size <= this.#parts.limits.value.maxUnauthenticated * PENDING_FACTOR) return;
    const [refuse] = this.#pending.values();
    refuse?.('proxy-header-missing');
  }

  #note(reason: Reason, address: string, detail?: string): void {
    const { protocol, accessMethod, port } = this.#parts.listener.value;
    const what = detail === undefined ? {} : { detail };
    const fields = {
      reason,
      ...what,
      address,
      protocol: protocol === 'https' ? 'webdav' : protocol,
      accessMethod,
      port,
    };
    this.#parts.audit.note({ kind: 'proxy-header', outcome: 'refused', fields });
  }
}

/** The client as the listener sees it. */
function clientOf(socket: Socket, remoteAddress: string, headerBytes: number): Peer {
  return {
    remoteAddress,
    get bytesRead() {
      return socket.bytesRead - headerBytes;
    },
    destroy: () => socket.destroy(),
  };
}

/** A proxy that looks after our health has its answer: we are there. Nobody comes in by it. */
function endQuietly(socket: Socket): void {
  socket.on('error', () => undefined);
  socket.destroySoon();
}
