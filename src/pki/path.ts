import type { Certificate } from './certificate.ts';
import { withinConstraints } from './name-constraints.ts';
import { OID } from './oids.ts';

export type PathFailure =
  | 'unknown-issuer'
  | 'self-signed'
  | 'bad-signature'
  | 'not-yet-valid'
  | 'expired'
  | 'not-a-ca'
  | 'path-too-long'
  | 'name-constraints'
  | 'critical-extension';

/** The leaf first, the trusted issuer last. */
export type Path = readonly Certificate[];

export type PathResult =
  | {
      readonly ok: true;
      readonly path: Path;
      /** First moment at which one certificate of the path has ended. */
      readonly notAfter: number;
      /** The policies every certificate below the trusted issuer carries; `any` where none limits them. */
      readonly policies: ReadonlySet<string> | 'any';
    }
  | { readonly ok: false; readonly reason: PathFailure };

const MAX_DEPTH = 5; // leaf, three intermediates, trusted issuer
/** Certificates looked at of those a peer sent along. */
export const MAX_OTHERS = 8;
const MAX_CANDIDATES = 16;

/**
 * RFC 5280 §6 path validation, with issuers found by key identifier. Policy mappings and the like are not
 * processed: where they are critical, the path is refused.
 * @param others what the peer sent along, in any order; never trusted
 * @param trusted issuers whose key is trusted, root or not
 * @param at milliseconds since the epoch
 * @param toleranceMs how far a validity may lie from `at`: for clocks that differ
 */
export function validatePath(
  leaf: Certificate,
  others: readonly Certificate[],
  trusted: readonly Certificate[],
  at: number,
  toleranceMs = 0,
): PathResult {
  // A trusted issuer itself is nobody's certificate to come in with.
  if (trusted.some((issuer) => issuer.fingerprint === leaf.fingerprint)) return { ok: false, reason: 'unknown-issuer' };
  let firstFailure: PathFailure | undefined;
  for (const path of candidates(leaf, others.slice(0, MAX_OTHERS), trusted)) {
    const failure = failureOf(path, at, toleranceMs);
    if (failure === undefined) {
      return {
        ok: true,
        path,
        notAfter: Math.min(...path.map((certificate) => certificate.notAfter)) + toleranceMs,
        policies: policiesOf(path),
      };
    }
    firstFailure ??= failure;
  }
  return { ok: false, reason: firstFailure ?? (isSelfSigned(leaf) ? 'self-signed' : 'unknown-issuer') };
}

/** Chains by key identifier and name that end in a trusted issuer; nothing about them is verified yet. */
function candidates(leaf: Certificate, others: readonly Certificate[], trusted: readonly Certificate[]): Path[] {
  const found: Path[] = [];
  let open: Path[] = [[leaf]];
  for (let depth = 1; depth < MAX_DEPTH && open.length > 0; depth++) {
    const longer: Path[] = [];
    for (const path of open) {
      const last = path.at(-1);
      if (last === undefined) continue;
      for (const issuer of trusted) if (mayHaveIssued(issuer, last)) found.push([...path, issuer]);
      for (const issuer of others)
        if (mayHaveIssued(issuer, last) && !path.includes(issuer)) longer.push([...path, issuer]);
    }
    open = longer.slice(0, MAX_CANDIDATES);
  }
  return found.slice(0, MAX_CANDIDATES);
}

function mayHaveIssued(issuer: Certificate, certificate: Certificate): boolean {
  if (certificate.issuerKeyId === undefined || issuer.keyId !== certificate.issuerKeyId) return false;
  return issuer.subjectDer === certificate.issuerDer;
}

function isSelfSigned(certificate: Certificate): boolean {
  return certificate.subjectDer === certificate.issuerDer && certificate.signed(certificate);
}

function failureOf(path: Path, at: number, toleranceMs: number): PathFailure | undefined {
  for (let index = path.length - 2; index >= 0; index--) {
    const [certificate, issuer] = [path[index], path[index + 1]];
    if (certificate === undefined || issuer === undefined) return 'unknown-issuer';
    const failure = issuerFailure(issuer, path.slice(1, index + 1)) ?? linkFailure(certificate, issuer);
    if (failure !== undefined) return failure;
  }
  for (const certificate of path.toReversed()) {
    if (at + toleranceMs < certificate.notBefore) return 'not-yet-valid';
    if (at - toleranceMs > certificate.notAfter) return 'expired';
  }
  return staysWithinNames(path) ? undefined : 'name-constraints';
}

/** Every certificate below an issuer keeps to its name constraints; self-issued intermediates need not (§6.1.3 b). */
function staysWithinNames(path: Path): boolean {
  return path.every((certificate, index) => {
    if (index > 0 && certificate.subjectDer === certificate.issuerDer) return true;
    return path
      .slice(index + 1)
      .every(({ nameConstraints }) => nameConstraints === undefined || withinConstraints(certificate, nameConstraints));
  });
}

/** @param below the intermediates between this issuer and the leaf; self-issued ones do not count (RFC 5280 §4.2.1.9) */
function issuerFailure(issuer: Certificate, below: readonly Certificate[]): PathFailure | undefined {
  if (!issuer.isCa) return 'not-a-ca';
  if (issuer.keyUsage !== undefined && !issuer.keyUsage.has('keyCertSign')) return 'not-a-ca';
  if (issuer.unknownCritical.length > 0) return 'critical-extension';
  const length = below.filter((certificate) => certificate.subjectDer !== certificate.issuerDer).length;
  return issuer.pathLength !== undefined && length > issuer.pathLength ? 'path-too-long' : undefined;
}

function linkFailure(certificate: Certificate, issuer: Certificate): PathFailure | undefined {
  if (!issuer.signed(certificate)) return 'bad-signature';
  return certificate.unknownCritical.length > 0 ? 'critical-extension' : undefined;
}

/** RFC 5280 §6.1.3 (d) without mappings: what every certificate below the trusted issuer allows. */
function policiesOf(path: Path): ReadonlySet<string> | 'any' {
  const limiting = path.slice(0, -1).filter((certificate) => !certificate.policies.includes(OID.anyPolicy));
  const [first, ...rest] = limiting.map((certificate) => certificate.policies);
  if (first === undefined) return 'any';
  return new Set(first.filter((policy) => rest.every((policies) => policies.includes(policy))));
}
