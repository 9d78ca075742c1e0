import { expect, test } from 'vitest';
import { type DoorCase, TLS_VERSIONS, type Verdicts } from './class3-door.ts';

/** What the page of each refusal says, in words of its own: written by hand, not read from the product. */
const PAGES: Readonly<Record<string, string>> = {
  'no-certificate': 'showed no certificate',
  'bad-certificate': 'cannot be read',
  'critical-extension': 'Ask its issuer for an ordinary one',
  'unknown-issuer': 'Use a certificate of an accepted issuer',
  'self-signed': 'Use one that an accepted issuer gave you',
  'issuer-may-not-issue': 'Ask an accepted issuer for one',
  'path-too-long': 'Too many issuers',
  'name-constraints': 'may not give out a certificate with this name',
  'bad-signature': 'Install the certificate again',
  'not-yet-valid': 'Wait for its first day',
  expired: 'Ask for a new one',
  'key-usage': 'Choose your authentication certificate',
  'extended-key-usage': 'Ask for one with client authentication',
  'certificate-policy': 'for which you appeared in person',
  'weak-key': 'RSA 2048 or P-256 or stronger',
  'weak-signature': 'SHA-256 or better',
  revoked: 'has been revoked',
  'revocation-unknown': 'Try again later',
  'revocation-stale': 'is too old. Try again later',
  'no-person': 'Ask your local administrator to register it',
  'ambiguous-person': 'fits more than one account',
  'account-disabled': 'Contact your local administrator',
  'not-designated': 'designation is not in force',
  'address-not-registered': 'Connect from a registered address',
};

const MULTI_STATUS = 207;
const FORBIDDEN = 403;

/** One test for each case and version: refused with its reason on the page and in the log, its twin let in. */
export function expectVerdicts(
  cause: string,
  cases: readonly DoorCase[],
  verdicts: () => ReadonlyMap<string, Verdicts>,
) {
  for (const one of cases) {
    for (const version of TLS_VERSIONS) {
      const reason = typeof one.reason === 'string' ? one.reason : one.reason[version];
      test(`${cause}: ${one.title}, ${version}: ${reason}`, () => {
        const found = verdicts().get(`${one.title} ${version}`);
        if (found === undefined) throw new Error('nobody came to the door');
        expect({ ...found.twin, page: '' }).toMatchObject({ status: MULTI_STATUS, outcome: 'done', reason: undefined });
        expect(found.twin.page).toContain('multistatus');
        expect({ outcome: found.refused.outcome, reason: found.refused.reason }).toEqual({
          outcome: 'refused',
          reason,
        });
        if (one.detail !== undefined) expect(found.refused.detail).toContain(one.detail);
        if (reason.startsWith('tls-failed:')) {
          expect(found.refused.status).toBe(0);
          return;
        }
        expect(found.refused.status).toBe(FORBIDDEN);
        expect(found.refused.page).not.toContain('multistatus');
        expect(found.refused.page).toContain(PAGES[reason] ?? `a sentence for ${reason}`);
      });
    }
  }
}
