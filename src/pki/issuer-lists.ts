import type { RevocationList } from './crl.ts';
import type { ListProblem } from './crl-places.ts';
import { ageRatio, type RevocationAge, type RevocationStatus } from './revocation.ts';

/** How strictly the lists of an issuer are read. */
export type ListRules = {
  /** How long a list past its nextUpdate still counts; a written rule of the operator. */
  readonly graceMs: number;
  /** How far the clock of an issuer may be ahead. */
  readonly toleranceMs: number;
  /** Whether the issuer is to publish delta lists, so that without one nothing is known. */
  readonly needsDelta: boolean;
};

/** The full list of one issuer with what changed since (RFC 5280 §5.2.4). Never changed: `with` gives a new one. */
export class IssuerLists {
  readonly #full: RevocationList;
  readonly #delta: RevocationList | undefined;

  private constructor(full: RevocationList, delta: RevocationList | undefined) {
    this.#full = full;
    this.#delta = delta;
  }

  /** Takes up a newer list. An older list given back would make revoked certificates good again. */
  static with(before: IssuerLists | undefined, list: RevocationList): IssuerLists | ListProblem {
    if (list.base !== undefined) return IssuerLists.#withDelta(before, list, list.base);
    if (before === undefined) return new IssuerLists(list, undefined);
    if (isOlder(list, before.#full)) return { reason: 'older-than-loaded' };
    // A delta list older than the full one says nothing that is not in it.
    return new IssuerLists(
      list,
      before.#delta !== undefined && before.#delta.number < list.number ? undefined : before.#delta,
    );
  }

  static #withDelta(before: IssuerLists | undefined, list: RevocationList, base: bigint): IssuerLists | ListProblem {
    if (before === undefined || before.#full.number < base) return { reason: 'delta-without-base' };
    if (list.number < before.#full.number) return { reason: 'older-than-loaded' };
    if (before.#delta !== undefined && isOlder(list, before.#delta)) return { reason: 'older-than-loaded' };
    return new IssuerLists(before.#full, list);
  }

  statusOf(serial: string, rules: ListRules, at: number): RevocationStatus {
    // A list that is too old still knows who was revoked.
    if (this.#isRevoked(serial)) return { state: 'revoked' };
    if (rules.needsDelta && this.#delta === undefined) {
      return { state: 'unknown', why: 'not-known', detail: 'crl:no-delta-list' };
    }
    const begins = Math.max(this.#full.thisUpdate, this.#delta?.thisUpdate ?? 0);
    if (at + rules.toleranceMs < begins) return { state: 'unknown', why: 'not-known', detail: 'crl:from-the-future' };
    const until = this.nextUpdate + rules.graceMs;
    return at > until ? { state: 'unknown', why: 'stale', detail: 'crl:stale' } : { state: 'good', until };
  }

  /** The first of both. */
  get nextUpdate(): number {
    return Math.min(this.#full.nextUpdate, this.#delta?.nextUpdate ?? Number.POSITIVE_INFINITY);
  }

  ages(at: number): readonly RevocationAge[] {
    const age = (list: RevocationList, source: RevocationAge['source']): RevocationAge => ({
      ...{ issuer: list.issuerKeyId, source },
      ratio: ageRatio(list.thisUpdate, list.nextUpdate, at),
    });
    return [age(this.#full, 'crl'), ...(this.#delta === undefined ? [] : [age(this.#delta, 'delta-crl')])];
  }

  #isRevoked(serial: string): boolean {
    if (this.#delta?.revoked.has(serial)) return true;
    return this.#full.revoked.has(serial) && this.#delta?.removed.has(serial) !== true;
  }
}

function isOlder(list: RevocationList, loaded: RevocationList): boolean {
  return list.number < loaded.number || list.thisUpdate < loaded.thisUpdate;
}
