import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Admission, Admitted, PeerCertificates, Refused } from '../access/admission.ts';
import type { Traffic } from '../access/bandwidth.ts';
import { countedAt, type FollowsSessions, type Place, type Places } from '../access/live-sessions.ts';
import { newReference } from '../access/reference.ts';
import type { Stranger } from '../access/waiting-room.ts';
import type { Current } from '../domain/current.ts';
import type { Listener } from '../domain/generation.ts';
import type { Session } from '../domain/principal.ts';

/** Requests a client may send ahead of their answers; more is not pipelining but a flood. */
const MAX_AHEAD = 100;

/** Intermediates a client may send along. */
const MAX_CHAIN = 10;

export type AdmissionParts = {
  readonly admission: Pick<Admission, 'byCertificate'>;
  readonly listener: Current<Listener>;
  /** Its id changes with everything that may change an admission. */
  readonly generation: Current<{ readonly id: string }>;
  readonly live: Places;
  readonly running: FollowsSessions;
};

/** One TLS connection: who is at the other end by the rules of today, and its requests one after the other. */
export class HttpsConnection {
  readonly socket: TLSSocket;
  readonly remoteAddress: string;
  readonly #parts: AdmissionParts;
  readonly #visit: Stranger;
  readonly #peer: PeerCertificates | undefined;
  #asked: { readonly generation: string; readonly answer: Promise<Admitted | Refused> } | undefined;
  #session: { value: Session } | undefined;
  #place: Place | undefined;
  /** The question for a place, while it is not answered. */
  #entering: Promise<Place | undefined> | undefined;
  #tail: Promise<void> = Promise.resolve();
  #running = 0;
  #last: ServerResponse | undefined;

  constructor(socket: TLSSocket, visit: Stranger, parts: AdmissionParts) {
    this.socket = socket;
    this.remoteAddress = visit.address;
    this.#parts = parts;
    this.#visit = visit;
    this.#peer = peerCertificates(socket);
  }

  /** Who is in; undefined while nobody knows. */
  get session(): Session | undefined {
    return this.#session?.value;
  }

  /** Requests under way or waiting. */
  get running(): number {
    return this.#running;
  }

  /** Resolves when the requests that have come so far are answered. */
  async idle(): Promise<void> {
    await this.#tail;
  }

  /** Asked once per generation. @throws what the admission threw; it is asked again the next time */
  admit(): Promise<Admitted | Refused> {
    if (this.#asked?.generation === this.#parts.generation.value.id) return this.#asked.answer;
    return this.admitAnew();
  }

  /** Asked again, whatever was answered before: a certificate may have ended since. */
  admitAnew(): Promise<Admitted | Refused> {
    const generation = this.#parts.generation.value.id;
    const answer = this.#ask();
    const asked = { generation, answer };
    this.#asked = asked;
    answer.catch(() => {
      if (this.#asked === asked) this.#asked = undefined;
    });
    return answer;
  }

  /** Holds it against the rules of today; who may no longer come in is cut. Who is not in yet is asked anew the next time. */
  async readmit(): Promise<void> {
    if (this.#session === undefined) return;
    const admitted = await this.admitAnew().catch(() => undefined);
    if (!admitted?.ok) this.expel();
  }

  /** Cuts it, and what it has under way: nothing is kept of that. */
  expel(): void {
    if (this.#session !== undefined) this.#parts.running.expel(this.#session.value.id);
    this.socket.destroy();
  }

  /** @returns false where its certificate must wait, and the connection was ended for it */
  proves(): boolean {
    return this.#peer === undefined || this.#visit.proves(createHash('sha256').update(this.#peer.leaf).digest('hex'));
  }

  /** What passes of its requests and answers is counted for it. */
  counting(traffic: Pick<Traffic, 'pass'>): Pick<Traffic, 'pass'> {
    return countedAt(this.#place, traffic);
  }

  closed(): void {
    this.#place?.leave();
  }

  async #ask(): Promise<Admitted | Refused> {
    const { admission, listener } = this.#parts;
    const answer = await admission.byCertificate(this.#peer, listener.value, this.remoteAddress, this.#session?.value);
    if (answer.ok) return await this.#enter(answer);
    // That nobody can tell whether a certificate is revoked is not its owner's fault.
    if (answer.reason !== 'revocation-unknown') this.#visit.failed(answer.fingerprint);
    return answer;
  }

  /** It may come in; is there room for one connection more? */
  async #enter(answer: Admitted): Promise<Admitted | Refused> {
    const { session } = answer;
    if (this.#session === undefined && !this.socket.destroyed) {
      this.#entering ??= this.#takePlace(session).finally(() => {
        this.#entering = undefined;
      });
      const place = await this.#entering;
      if (place === undefined) {
        const { principal, fingerprint } = session;
        return { ok: false, reason: 'too-many-connections', principal, fingerprint, reference: newReference() };
      }
    }
    if (this.#session === undefined) return answer;
    // The same certificate may mean somebody else now, who goes on with nothing of the one before.
    if (this.#session.value.id !== session.id) this.#parts.running.expel(this.#session.value.id);
    this.#session.value = session;
    if (this.#running > 0) this.#parts.running.renewed(session);
    return answer;
  }

  async #takePlace(session: Session): Promise<Place | undefined> {
    const held = { value: session };
    const place = await this.#parts.live.enter(held, this.#parts.listener.value, () => this.expel());
    if (place === undefined) return undefined;
    if (this.socket.destroyed) {
      place.leave();
      return place;
    }
    this.#place = place;
    this.#session = held;
    this.#visit.admitted(session.fingerprint);
    return place;
  }

  /** Whether bytes written now can not fall into the middle of another answer. */
  get isSilent(): boolean {
    return this.#running === 0 || (this.#running === 1 && this.#last?.headersSent === false);
  }

  /** Whether every request so far came in whole: a fault in what follows is not theirs. */
  get isBetweenRequests(): boolean {
    return this.#running === 0 || this.#last?.req.complete === true;
  }

  /** Runs requests of one connection in the order they came: a later one sees what an earlier one did. */
  enqueue(response: ServerResponse, work: () => Promise<void>): void {
    this.#last = response;
    this.#queue(work);
  }

  /** Says the last words once all requests so far are answered; at once where there are none, for the client may have ended. */
  afterOthers(work: () => void): void {
    if (this.#running === 0) work();
    else this.#queue(async () => work());
  }

  #queue(work: () => Promise<void>): void {
    if (this.#running >= MAX_AHEAD) {
      this.socket.destroy();
      return;
    }
    this.#running += 1;
    this.#tail = this.#tail.then(work).finally(() => {
      this.#running -= 1;
    });
  }
}

/** What the peer sent in its handshake, in DER; the first is the one whose key it proved to hold. */
function peerCertificates(socket: TLSSocket): PeerCertificates | undefined {
  // Asked once and in this form: a second question, or getPeerCertificate, finds no intermediates any more in Node 24.
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined) return undefined;
  const others: Uint8Array[] = [];
  const seen = new Set<string>([leaf.fingerprint256]);
  let current = leaf.issuerCertificate;
  while (current !== undefined && !seen.has(current.fingerprint256) && others.length < MAX_CHAIN) {
    seen.add(current.fingerprint256);
    others.push(current.raw);
    current = current.issuerCertificate;
  }
  return { leaf: leaf.raw, others };
}
