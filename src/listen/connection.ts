import type { ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Admission, Admitted, PeerCertificates, Refused } from '../access/admission.ts';
import type { Current } from '../domain/current.ts';
import type { Listener } from '../domain/generation.ts';
import type { Session } from '../domain/principal.ts';

/** Requests a client may send ahead of their answers; more is not pipelining but a flood. */
const MAX_AHEAD = 100;

/** Intermediates a client may send along. */
const MAX_CHAIN = 10;

export type AdmissionParts = {
  readonly admission: Pick<Admission, 'byCertificate'>;
  readonly listener: Listener;
  /** Its id changes with everything that may change an admission. */
  readonly generation: Current<{ readonly id: string }>;
};

/** One TLS connection: who is at the other end by the rules of today, and its requests one after the other. */
export class HttpsConnection {
  readonly socket: TLSSocket;
  readonly remoteAddress: string;
  readonly #parts: AdmissionParts;
  readonly #peer: PeerCertificates | undefined;
  #asked: { readonly generation: string; readonly answer: Promise<Admitted | Refused> } | undefined;
  #session: Session | undefined;
  #tail: Promise<void> = Promise.resolve();
  #running = 0;
  #last: ServerResponse | undefined;

  constructor(socket: TLSSocket, parts: AdmissionParts) {
    this.socket = socket;
    this.remoteAddress = plainAddress(socket.remoteAddress);
    this.#parts = parts;
    this.#peer = peerCertificates(socket);
  }

  /** Requests under way or waiting. */
  get running(): number {
    return this.#running;
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

  async #ask(): Promise<Admitted | Refused> {
    const { admission, listener } = this.#parts;
    const answer = await admission.byCertificate(this.#peer, listener, this.remoteAddress, this.#session);
    if (answer.ok) this.#session = answer.session;
    return answer;
  }

  /** Whether bytes written now can not fall into the middle of another answer. */
  get isSilent(): boolean {
    return this.#running === 0 || (this.#running === 1 && this.#last?.headersSent === false);
  }

  /** Runs requests of one connection in the order they came: a later one sees what an earlier one did. */
  enqueue(response: ServerResponse, work: () => Promise<void>): void {
    if (this.#running >= MAX_AHEAD) {
      this.socket.destroy();
      return;
    }
    this.#running += 1;
    this.#last = response;
    this.#tail = this.#tail.then(work).finally(() => {
      this.#running -= 1;
    });
  }
}

/** `::ffff:192.0.2.1` is the IPv4 address it wraps (RFC 4291 §2.5.5.2). */
export function plainAddress(address: string | undefined): string {
  return address?.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '') ?? '';
}

/** What the peer sent in its handshake, in DER; the first is the one whose key it proved to hold. */
function peerCertificates(socket: TLSSocket): PeerCertificates | undefined {
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined) return undefined;
  const others: Uint8Array[] = [];
  let current = socket.getPeerCertificate(true).issuerCertificate;
  const seen = new Set<string>([leaf.fingerprint256]);
  while (current?.raw && !seen.has(current.fingerprint256) && others.length < MAX_CHAIN) {
    seen.add(current.fingerprint256);
    others.push(current.raw);
    current = current.issuerCertificate;
  }
  return { leaf: leaf.raw, others };
}
