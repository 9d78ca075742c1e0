import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import type { Limits, Listener } from '../domain/generation.ts';
import type { Direction } from '../domain/partner.ts';
import { principalName, type Session } from '../domain/principal.ts';
import type { Traffic } from './bandwidth.ts';

/** One open connection of somebody who came in, as `sluis sessions list` shows it. */
export type LiveSession = {
  readonly id: string;
  readonly principal: string;
  readonly partner: string;
  readonly protocol: string;
  readonly accessMethod: string;
  readonly address: string;
  readonly level: number;
  readonly fingerprint: string;
  readonly port: number;
  /** Which process of the gateway holds it. */
  readonly process: string;
  /** ISO 8601, UTC. */
  readonly since: string;
};

/** Bytes of a file on their way in or out. */
export type TransferState = {
  readonly session: string;
  readonly direction: 'in' | 'out';
  readonly path: string;
  readonly bytes: number;
};

/** What a connection brought and took so far: bodies of requests and answers over HTTPS, packets over SFTP, as in the usage report. */
export type SessionBytes = { readonly session: string; readonly bytesIn: number; readonly bytesOut: number };

/** What the connections of one process do, and what passed on them. */
export type SessionsNow = { readonly transfers: readonly TransferState[]; readonly bytes: readonly SessionBytes[] };

/** A session with what it has under way. */
export type BusySession = LiveSession &
  Omit<SessionBytes, 'session'> & { readonly transfers: readonly Omit<TransferState, 'session'>[] };

export type LiveSessionsParts = {
  readonly limits: Current<Pick<Limits, 'maxConnectionsPerPrincipal' | 'maxConnectionsPerPartner'>>;
  readonly clock: Pick<Clock, 'now'>;
};

/** The place of one connection. `leave` may be called again. */
export type Place = { leave(): void; count(direction: Direction, bytes: number): void };

/** What a place is given for: the port it came in by, and the process that holds it, where that is another one. */
export type Where = Pick<Listener, 'port'> & { readonly process?: string | undefined };

/** Where a connection asks for its place; another process answers later. */
export type Places = {
  /**
   * @param session asked again for each list: its rights may change while the connection is open
   * @param cut closes the connection
   * @returns undefined where the principal or its partner has all the connections it may have
   */
  enter(session: Current<Session>, where: Where, cut: () => void): Place | undefined | Promise<Place | undefined>;
};

/** What a session has under way follows what becomes of the session. */
export type FollowsSessions = {
  /** The session must go: all it has under way ends, and nothing of it is kept. */
  expel(sessionId: string): void;
  /** It was admitted by the rules of today: what they do not let go on ends in the same way. */
  renewed(session: Session): void;
};

/** The name of the process where there is but one. */
const ONLY_PROCESS = 'gateway';

/** Counts the bytes of one connection. */
export class Moved {
  bytesIn = 0;
  bytesOut = 0;

  count(direction: Direction, bytes: number): void {
    if (direction === 'in') this.bytesIn += bytes;
    else this.bytesOut += bytes;
  }

  of({ id }: Session): SessionBytes {
    return { session: id, bytesIn: this.bytesIn, bytesOut: this.bytesOut };
  }
}

/** The gate of `Traffic` for one connection: what passes is counted for its place as well. */
export function countedAt(place: Pick<Place, 'count'> | undefined, gate: Pick<Traffic, 'pass'>): Pick<Traffic, 'pass'> {
  return {
    pass: (partner, direction, bytes) => {
      place?.count(direction, bytes);
      return gate.pass(partner, direction, bytes);
    },
  };
}

type Held = {
  readonly session: Current<Session>;
  readonly port: number;
  readonly process: string;
  readonly since: number;
  readonly moved: Moved;
  readonly cut: () => void;
};

/** Everybody who is inside, over all listeners and protocols. The counts of principal and partner are held here. */
export class LiveSessions implements Places {
  readonly #parts: LiveSessionsParts;
  readonly #held = new Set<Held>();

  constructor(parts: LiveSessionsParts) {
    this.#parts = parts;
  }

  /** As `Places`, at once. */
  enter(session: Current<Session>, { port, process = ONLY_PROCESS }: Where, cut: () => void): Place | undefined {
    const { maxConnectionsPerPrincipal, maxConnectionsPerPartner } = this.#parts.limits.value;
    const { partner } = session.value.principal;
    const name = principalName(session.value.principal);
    const ofPartner = [...this.#held].filter((one) => one.session.value.principal.partner === partner);
    const ofPrincipal = ofPartner.filter((one) => principalName(one.session.value.principal) === name);
    if (ofPrincipal.length >= maxConnectionsPerPrincipal || ofPartner.length >= maxConnectionsPerPartner)
      return undefined;
    const moved = new Moved();
    const held: Held = { session, port, process, since: this.#parts.clock.now(), moved, cut };
    this.#held.add(held);
    return { leave: () => this.#held.delete(held), count: (direction, bytes) => moved.count(direction, bytes) };
  }

  /** Of the connections that are counted here; of others their process knows. */
  bytes(): readonly SessionBytes[] {
    return [...this.#held].map(({ session, moved }) => moved.of(session.value));
  }

  /** The oldest first. */
  list(): readonly LiveSession[] {
    return [...this.#held].map(({ session, port, process, since }) => {
      const { id, principal, protocol, accessMethod, remoteAddress, level, fingerprint } = session.value;
      return {
        ...{ id, principal: principalName(principal), partner: principal.partner, protocol, accessMethod },
        ...{ address: remoteAddress, level, fingerprint, port, process, since: new Date(since).toISOString() },
      };
    });
  }

  /** Closes the connection; what it has open is given up. @returns whether there was one */
  cut(id: string): boolean {
    const found = [...this.#held].filter(({ session }) => session.value.id === id);
    for (const { cut } of found) cut();
    return found.length > 0;
  }
}
