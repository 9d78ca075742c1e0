import { Identities } from './access/identify.ts';
import { isInForce } from './access/standing.ts';
import type { Settings } from './config/settings.ts';
import type { Partner } from './domain/partner.ts';
import { dateOf } from './domain/period.ts';
import { someOf, type Trust } from './gateway-trust.ts';
import type { Signing } from './pipeline/set-signatures.ts';

const MINUTE_MS = 60_000;

/** Where it stands in gateway.yaml. */
export const SIGNATURE_ISSUERS = ['signatures', 'trustedIssuers'] as const;

/**
 * Who may sign incoming sets: issuers and policies of their own, and accounts by the rules that find who comes in.
 * @throws Misfit where a key identifier is trusted that no file holds
 */
export function signingOf({ signatures, pki }: Pick<Settings, 'signatures' | 'pki'>, trust: Trust): Signing {
  const { allowedPolicyOids, nationalNumberPolicyOids, signers, holdMinutes } = signatures;
  const nationalNumberPolicies = nationalNumberPolicyOids === 'any' ? [] : nationalNumberPolicyOids;
  // A person whom several partners designated signs for each of them: the accounts of one partner are looked at alone.
  const identities = new WeakMap<Partner, Identities>();
  const identitiesOf = (partner: Partner) => {
    const known = identities.get(partner) ?? new Identities([partner]);
    identities.set(partner, known);
    return known;
  };
  return {
    revocation: trust.revocation,
    holdMs: holdMinutes * MINUTE_MS,
    policy: {
      issuers: someOf(trust.issuers, signatures.trustedIssuers, SIGNATURE_ISSUERS),
      intermediates: trust.intermediates,
      clockToleranceMs: pki.clockToleranceSeconds * 1000,
      allowedPolicies: allowedPolicyOids === 'any' ? [] : allowedPolicyOids,
    },
    isSignerOf: (partner, certificate, path, at) => {
      const found = identitiesOf(partner).byCertificate(certificate, path, nationalNumberPolicies);
      if (!found.ok || !isInForce(found.identity, dateOf(at))) return false;
      return signers === 'accounts' || found.identity.account.kind === 'person';
    },
  };
}
