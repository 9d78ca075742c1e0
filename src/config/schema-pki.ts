import { z } from 'zod';
import { EID_AUTHENTICATION_POLICIES, EID_SIGNATURE_POLICIES } from '../domain/eid.ts';
import { line, listOf, matching, parsed, seconds, strict } from './schema-values.ts';

export const filePath = line(1000);

export const keyId = parsed(
  (text) => (/^([0-9a-fA-F]{2}){8,32}$/.test(text) ? text.toLowerCase() : undefined),
  'is not a key identifier',
  'write the SubjectKeyIdentifier of the issuer as hexadecimal digits, without colons',
);

/** Plain HTTP: answers are signed by themselves, and nothing secret is asked. */
const httpUrl = parsed(plainUrl, 'is not an address to fetch from', 'write it as in http://ocsp.example.org/path');

const listPlace = parsed(
  (text) => (/^[a-z]+:\/\//i.test(text) ? plainUrl(text) : text.trim() === text && text !== '' ? text : undefined),
  'is neither a file nor an address to fetch from',
  'write a path, or an address as in http://crl.example.org/ca.crl',
);

/** Where it is told whether a certificate of one issuer was revoked. */
const revocationIssuer = strict({
  keyId,
  /** Asked in this order. */
  ocsp: z
    .array(strict({ url: httpUrl, nonce: z.enum(['required', 'offered', 'none']).default('offered') }))
    .default([]),
  lists: listOf(listPlace).default([]),
  /** Where they are named, the issuer is known to publish them, and without a current one nothing is known. */
  deltaLists: listOf(listPlace).default([]),
});

const revocation = strict({
  issuers: z.array(revocationIssuer).default([]),
  timeoutSeconds: seconds(0.1, 60).default(5),
  maxResponseBytes: z.int().min(1000).max(1_000_000).default(65_536),
  listTimeoutSeconds: seconds(0.1, 600).default(60),
  maxListBytes: z.int().min(1000).max(1_000_000_000).default(67_108_864),
  /** How long an answer past its end still counts. */
  graceMinutes: seconds(0, 10_080).default(0),
  /** What is known is fetched anew at half life, and at the latest after this. */
  revocationMaxAgeMinutes: seconds(0.01, 1440).default(60),
}).prefault({});

export const pkiSchema = strict({
  /** The demo authority, which makes its own keys here. */
  directory: filePath.optional(),
  files: strict({
    trustedIssuers: listOf(filePath, 1),
    intermediateIssuers: listOf(filePath).default([]),
    serverCertificate: filePath,
    serverKey: filePath,
    signerCertificate: filePath,
    signerKey: filePath,
    signerIssuer: filePath,
    crl: listOf(filePath).default([]),
    /** Ed25519 first, then RSA of at least 3072 bits. */
    sshHostKeys: listOf(filePath, 1),
    /** Keys that clients are to know before they are used. */
    nextSshHostKeys: listOf(filePath).default([]),
  }).optional(),
  revocation,
  /** How far the clocks of issuers and of this machine may differ. */
  clockToleranceSeconds: seconds(0, 300).default(0),
});

export const oid = matching(
  /^[0-2](\.(0|[1-9]\d*))+$/,
  'is not an object identifier',
  'write it as in 1.3.6.1.4.1.4146.1.40',
);

/** `any`, or certificate policies of which one must be there. */
export const policyOids = z.union([z.literal('any'), listOf(oid, 1)], {
  error: 'any, or a list of object identifiers',
});

/** `all` that `pki` names, or some of them by key identifier. */
export const issuerKeys = z.union([z.literal('all'), listOf(keyId, 1)], { error: 'all, or a list of key identifiers' });

/** Who may sign what comes in as a set: rules of their own, beside those of coming in. */
export const signaturesSchema = strict({
  trustedIssuers: issuerKeys.default('all'),
  allowedPolicyOids: policyOids.default('any'),
  /** Certificate policies that make the subject's serial number a national number. */
  nationalNumberPolicyOids: policyOids.default([...EID_SIGNATURE_POLICIES, ...EID_AUTHENTICATION_POLICIES]),
  /** Whether the certificate of a machine account will do, too. */
  signers: z.enum(['accounts', 'persons']).default('accounts'),
  /** How long a set waits while nobody can say whether its signer's certificate was revoked. */
  holdMinutes: seconds(0.01, 10_080).default(240),
}).prefault({});

function plainUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, username, password, hash } = new URL(text);
  return protocol === 'http:' && username === '' && password === '' && hash === '' ? text : undefined;
}
