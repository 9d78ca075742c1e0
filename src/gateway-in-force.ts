import { canonicalJson } from './config/canonical-json.ts';
import type { Settings } from './config/settings.ts';
import { type Current, viewOf } from './domain/current.ts';
import type { Generation } from './domain/generation.ts';
import { type OwnKeys, originOfKeys, ownKeysOf, refuseDemoKeys } from './gateway-keys.ts';
import { SIGNATURE_ISSUERS, signingOf } from './gateway-signatures.ts';
import {
  issuersOfListener,
  type OpenTrust,
  openTrust,
  originOfTrust,
  someOf,
  type TrustParts,
} from './gateway-trust.ts';
import type { Signing } from './pipeline/set-signatures.ts';

/** One generation with everything that follows from it; replaced as a whole. */
export type InForce = {
  readonly settings: Settings;
  readonly keys: OwnKeys;
  readonly trust: OpenTrust;
  readonly signing: Signing;
};

/** What is in force: whoever asks after `replace` gets the new one, of all its parts; who pinned the old one keeps it. */
export class CurrentInForce implements Current<InForce> {
  readonly settings: Current<Settings> = viewOf(this, ({ settings }) => settings);
  readonly generation: Current<Generation> = viewOf(this, ({ settings }) => settings.generation);
  #value: InForce;

  constructor(first: InForce) {
    this.#value = first;
  }

  get value(): InForce {
    return this.#value;
  }

  replace(next: InForce): void {
    this.#value = next;
  }
}

/** A generation that is ready and not in force yet. */
export type Ready = {
  readonly next: InForce;
  /** Ends what only the generation before had. */
  readonly settle: () => void;
  /** Ends what only this one has. */
  readonly discard: () => void;
};

/** @throws Misfit where demo keys could be reached, or an issuer is trusted that no file holds */
export function refuseUnfit(settings: Settings, keys: OwnKeys): void {
  refuseDemoKeys(settings, keys);
  someOf(keys.issuers, settings.signatures.trustedIssuers, SIGNATURE_ISSUERS);
  for (const [index, listener] of settings.listeners.entries())
    if (listener.protocol === 'https') someOf(keys.issuers, listener.class3.trustedIssuers, issuersOfListener(index));
}

/**
 * Makes everything that a generation needs. What is the same as before is not made anew.
 * @throws Misfit where keys do not fit
 */
export async function readyFrom(settings: Settings, parts: TrustParts, before?: InForce): Promise<Ready> {
  const isSame = (origin: (settings: Settings) => string) =>
    before !== undefined && origin(before.settings) === origin(settings);
  const keys = before !== undefined && isSame(originOfKeys) ? before.keys : ownKeysOf(settings, parts.clock);
  refuseUnfit(settings, keys); // before anything is opened
  const known = before !== undefined && isSame(originOfTrust) ? before.trust : undefined;
  const trust = known ?? (await openTrust(settings, keys, parts, before?.trust));
  const isSameSigning =
    known !== undefined && before !== undefined && isSame(({ signatures }) => canonicalJson(signatures));
  const signing = isSameSigning ? before.signing : signingOf(settings, trust);
  return {
    next: { settings, keys, trust, signing },
    settle: () => (known === undefined ? before?.trust.close() : undefined),
    discard: () => (known === undefined ? trust.close() : undefined),
  };
}
