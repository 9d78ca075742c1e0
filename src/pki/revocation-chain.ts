import type { Certificate } from './certificate.ts';
import type { OcspSource } from './ocsp.ts';
import type { RevocationSource, RevocationStatus } from './revocation.ts';

/** OCSP first, then the lists. A list that says revoked is believed at once, whatever a responder says. */
export class OcspThenLists implements RevocationSource {
  readonly #ocsp: Pick<OcspSource, 'statusOf' | 'version'>;
  readonly #lists: RevocationSource;

  constructor(ocsp: Pick<OcspSource, 'statusOf' | 'version'>, lists: RevocationSource) {
    this.#ocsp = ocsp;
    this.#lists = lists;
  }

  get version(): number {
    return this.#ocsp.version + this.#lists.version;
  }

  async statusOf(certificate: Certificate, issuer: Certificate, at: number): Promise<RevocationStatus> {
    const listed = await this.#lists.statusOf(certificate, issuer, at);
    if (listed.state === 'revoked') return listed;
    const asked = await this.#ocsp.statusOf(certificate, issuer, at);
    // A responder that does not know a certificate of its own issuer is not overruled by a list.
    if (asked.state !== 'unavailable') return asked;
    if (listed.state === 'good') return listed;
    const isStale = asked.stale || listed.why === 'stale';
    return {
      state: 'unknown',
      why: isStale ? 'stale' : 'not-known',
      detail: `${asked.detail} ${listed.detail ?? ''}`.trim(),
    };
  }
}
