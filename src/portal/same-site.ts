import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from '../domain/http.ts';
import type { Session } from '../domain/principal.ts';

/**
 * Whether a request was made by a page of ours, by a page of somebody else, or by a program that does not say (Fetch
 * Metadata, https://www.w3.org/TR/fetch-metadata/: every browser says).
 */
export function siteOf({ headers }: Pick<HttpRequest, 'headers'>): 'same' | 'other' | 'not-said' {
  const site = headers.get('sec-fetch-site');
  if (site === undefined) return 'not-said';
  return site === 'same-origin' ? 'same' : 'other';
}

/** A word in our forms that a page of somebody else cannot know: it holds for one certificate at one address. */
export class FormToken {
  readonly #key: Uint8Array;

  /** @param key random, new with every start */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  of({ fingerprint, remoteAddress }: Session): string {
    return createHmac('sha256', this.#key).update(`${fingerprint} ${remoteAddress}`).digest('base64url');
  }

  isOf(session: Session, token: string): boolean {
    const [expected, given] = [Buffer.from(this.of(session)), Buffer.from(token)];
    return expected.length === given.length && timingSafeEqual(expected, given);
  }
}
