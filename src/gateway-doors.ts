import type { Socket } from 'node:net';
import type { Class3Rules } from './access/admission-desk.ts';
import type { Audit } from './audit/audit.ts';
import { canonicalJson } from './config/canonical-json.ts';
import type { HttpsListener as HttpsSettings, SftpListener as SftpSettings } from './config/settings.ts';
import type { Current } from './domain/current.ts';
import { principalName, type Session } from './domain/principal.ts';
import type { InForce } from './gateway-in-force.ts';
import { policyOf } from './gateway-trust.ts';
import type { TlsMaterial } from './listen/tls.ts';
import type { HostKeys } from './sftp/host-keys.ts';

type ListenerSettings = HttpsSettings | SftpSettings;

/** A listener with the number under which its port is held, for as long as it is open. */
export type Numbered = { readonly id: number; readonly listener: ListenerSettings };

/** Everything one listener goes by; replaced as a whole. */
export type DoorRules = {
  readonly listener: ListenerSettings;
  readonly class3: Class3Rules;
  readonly tls: TlsMaterial;
  readonly hostKeys: HostKeys;
};

/** What serves the connections of one listener, whoever holds its port. */
export type Server = {
  serve(): void;
  take(socket: Socket): void;
  /** Of those who are in. */
  sessions(): readonly Session[];
  /** Takes nobody in any more; what runs may end within the deadline. */
  close(deadlineMs: number): Promise<void>;
};

type Door = { readonly rules: { value: DoorRules }; readonly server: Server };

/** Doors as a generation wants them, ready and not in force. */
export type PreparedDoors = { readonly swap: () => void; readonly discard: () => void };

export type DoorsParts = {
  readonly build: (id: number, rules: Current<DoorRules>) => Server;
  readonly audit: Pick<Audit, 'note'>;
  /** How long what runs may take to its end when all of them are closed. */
  readonly closeDeadlineMs: Current<number>;
};

/** What runs on a listener that is taken away has this long; a change is in effect within 10 s. */
const RETIRE_MS = 5_000;

/** SSH shows no certificates of this kind. */
const KEYS_ONLY: HttpsSettings['class3'] = {
  requireExtendedKeyUsage: true,
  allowedPolicyOids: 'any',
  trustedIssuers: 'all',
  nationalNumberPolicyOids: 'any',
};

/**
 * The listeners of this process by number. A generation changes what they go by, all at once; one that it does not name is
 * closed, and who came in through it is cut.
 */
export class Doors {
  readonly #parts: DoorsParts;
  #doors: ReadonlyMap<number, Door> = new Map();
  readonly #retiring = new Set<Promise<void>>();

  constructor(parts: DoorsParts) {
    this.#parts = parts;
  }

  /** A connection that came to the port of this listener. */
  take(id: number, socket: Socket): void {
    const door = this.#doors.get(id);
    if (door === undefined) socket.destroy();
    else door.server.take(socket);
  }

  /** @throws Misfit where a listener trusts an issuer that is not there */
  prepare(next: InForce, listeners: readonly Numbered[]): PreparedDoors {
    const wanted = listeners.map(({ id, listener }, index) => {
      const door = this.#doors.get(id);
      return { id, door, rules: rulesOf(next, listener, index, door?.rules.value) };
    });
    const doors = wanted.map(({ id, door, rules }) => [id, door ?? this.#build(id, rules)] as const);
    const added = doors.filter(([id]) => !this.#doors.has(id)).map(([, door]) => door);
    return {
      swap: () => {
        const removed = [...this.#doors].filter(([id]) => !wanted.some((one) => one.id === id));
        this.#doors = new Map(doors);
        for (const { door, rules } of wanted) if (door !== undefined) door.rules.value = rules;
        for (const { server } of added) server.serve();
        for (const [, door] of removed) this.#retire(door);
      },
      discard: () => {
        for (const { server } of added) void server.close(0);
      },
    };
  }

  async close(): Promise<void> {
    const open = [...this.#doors.values()];
    await Promise.all([
      ...open.map(({ server }) => server.close(this.#parts.closeDeadlineMs.value)),
      ...this.#retiring,
    ]);
  }

  #build(id: number, rules: DoorRules): Door {
    const held = { value: rules };
    return { rules: held, server: this.#parts.build(id, held) };
  }

  #retire({ rules, server }: Door): void {
    for (const session of server.sessions()) this.#parts.audit.note(removedLine(rules.value.listener, session));
    const closed = server.close(RETIRE_MS).finally(() => this.#retiring.delete(closed));
    this.#retiring.add(closed);
  }
}

function rulesOf(
  { settings, trust, keys }: InForce,
  listener: ListenerSettings,
  index: number,
  before: DoorRules | undefined,
): DoorRules {
  const class3 = listener.protocol === 'https' ? listener.class3 : KEYS_ONLY;
  const { policy, pems } = policyOf(trust, class3, settings.pki.clockToleranceSeconds, index);
  // What is remembered of certificates counts for as long as the rules for them are the same.
  const isSame =
    before !== undefined && before.class3.revocation === trust.revocation && isEqualPolicy(before, listener);
  const tls = { ...keys.server, ca: pems };
  return {
    listener,
    class3: isSame ? before.class3 : { policy, revocation: trust.revocation },
    tls: before !== undefined && canonicalJson(before.tls) === canonicalJson(tls) ? before.tls : tls,
    hostKeys: keys.hostKeys,
  };
}

function isEqualPolicy({ listener: before }: DoorRules, now: ListenerSettings): boolean {
  const class3Of = (one: ListenerSettings) => (one.protocol === 'https' ? one.class3 : undefined);
  return canonicalJson(class3Of(before)) === canonicalJson(class3Of(now));
}

/** Why somebody is cut who did nothing and lost nothing. */
function removedLine({ accessMethod, port }: ListenerSettings, session: Session) {
  const { id, principal, protocol, remoteAddress, fingerprint } = session;
  const who = { principal: principalName(principal), partner: principal.partner, session: id };
  const where = { protocol, accessMethod, port, address: remoteAddress, fingerprint };
  return { kind: 'login', outcome: 'refused', fields: { ...who, ...where, reason: 'listener-removed' } } as const;
}
