import { z } from 'zod';
import { line, listOf, parsed, seconds, strict } from './schema-values.ts';

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
    sshHostKey: filePath,
  }).optional(),
  revocation,
  /** How far the clocks of issuers and of this machine may differ. */
  clockToleranceSeconds: seconds(0, 300).default(0),
});

function plainUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, username, password, hash } = new URL(text);
  return protocol === 'http:' && username === '' && password === '' && hash === '' ? text : undefined;
}
