import { GatewayError } from '../domain/errors.ts';

const SHA256_BASE64 = /^[A-Za-z0-9+/]{43}=$/;

/** `sha-256=:…:` of a digest in lower-case hex (RFC 9530 §3). */
export function reprDigest(sha256: string): string {
  return `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`;
}

/**
 * The SHA-256 a client says its bytes have: `Repr-Digest` and `Content-Digest` (RFC 9530), `Digest` (RFC 3230) and
 * `OC-Checksum`. Other algorithms are no claim and are passed over.
 * @returns lower-case hex; undefined where nothing is claimed
 * @throws GatewayError `bad-request` for a malformed claim, `digest-mismatch` for two that differ
 */
export function claimedSha256(headers: ReadonlyMap<string, string>): string | undefined {
  return agreed([...representationClaims(headers), ...structured(headers.get('content-digest'))]);
}

/** What the whole file is said to have, where a request brings a part of it. @throws as `claimedSha256` */
export function representationSha256(headers: ReadonlyMap<string, string>): string | undefined {
  return agreed(representationClaims(headers));
}

/** What the bytes of this very request are said to have (RFC 9530 §2). @throws as `claimedSha256` */
export function contentSha256(headers: ReadonlyMap<string, string>): string | undefined {
  return agreed(structured(headers.get('content-digest')));
}

function representationClaims(headers: ReadonlyMap<string, string>): readonly string[] {
  return [
    ...structured(headers.get('repr-digest')),
    ...listed(headers.get('digest')),
    ...checksum(headers.get('oc-checksum')),
  ];
}

function agreed(claims: readonly string[]): string | undefined {
  const [first] = claims;
  if (claims.some((claim) => claim !== first)) {
    throw new GatewayError('digest-mismatch', 'the digests in the headers differ from each other');
  }
  return first;
}

/** A structured-field dictionary: `sha-512=:…:, sha-256=:…:`. */
function structured(header: string | undefined): string[] {
  if (header === undefined) return [];
  return members(header, 'sha-256').map((value) => {
    const bytes = /^:([^:]*):$/.exec(value)?.[1];
    return fromBase64(bytes ?? '');
  });
}

/** `SHA-256=…,MD5=…`, algorithm names in any case. */
function listed(header: string | undefined): string[] {
  return header === undefined ? [] : members(header, 'sha-256').map(fromBase64);
}

/** The values of one key in a comma-separated list of `key=value`; parameters after ";" are passed over. */
function members(header: string, key: string): string[] {
  const values: string[] = [];
  for (const member of header.split(',')) {
    const at = member.indexOf('=');
    if (at === -1) throw malformed();
    const value = member.slice(at + 1).split(';')[0] ?? '';
    if (member.slice(0, at).trim().toLowerCase() === key) values.push(value.trim());
  }
  return values;
}

/** `SHA256:<hex>`, as Nextcloud clients write it; several are separated by spaces. */
function checksum(header: string | undefined): string[] {
  const values: string[] = [];
  for (const claim of (header ?? '').split(' ')) {
    const value = /^sha-?256:(.*)$/i.exec(claim)?.[1];
    if (value === undefined) continue;
    if (!/^[0-9a-f]{64}$/i.test(value)) throw malformed();
    values.push(value.toLowerCase());
  }
  return values;
}

function fromBase64(value: string): string {
  if (!SHA256_BASE64.test(value)) throw malformed();
  return Buffer.from(value, 'base64').toString('hex');
}

function malformed(): GatewayError {
  return new GatewayError('bad-request', 'a digest in the headers is malformed');
}
