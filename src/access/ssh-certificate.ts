import { BlockList, isIP } from 'node:net';
import { normaliseAddress } from '../domain/network.ts';
import { readSshKey } from '../domain/ssh-key.ts';
import type { SshAuthority, SshTrust } from '../domain/ssh-trust.ts';
import { readWire } from '../domain/ssh-wire.ts';
import { CERTIFICATE_SUFFIX, type SshCertificate, type SshOption } from '../pki/ssh-certificate.ts';
import { checkSshSignature } from '../pki/ssh-signature.ts';
import type { RefusalReason } from './admission.ts';

/** Who shows a certificate, from where, and when. */
export type SshAttempt = { readonly login: string; readonly remoteAddress: string; readonly at: number };

const USER = 1; // SSH_CERT_TYPE_USER
const SOURCE_ADDRESS = 'source-address';

/**
 * Whether a listed authority says that this key may log in under this name, from here, now. Revocation is asked apart.
 * @returns why not, or undefined
 */
export function certificateRefusal(
  certificate: SshCertificate,
  { authorities }: SshTrust,
  attempt: SshAttempt,
): RefusalReason | undefined {
  const { key, authority: signer, signed, signature } = certificate;
  if (readWire(signer, (reader) => reader.name())?.endsWith(CERTIFICATE_SUFFIX)) return 'certificate-nested';
  const listed = authorities.filter((one) => Buffer.from(one.key.blob, 'base64').equals(signer));
  const authority = readSshKey(signer);
  if (listed.length === 0 || !authority.ok) return 'certificate-ca-unknown';
  if (!listed.some((one) => speaksFor(one, partnerOf(attempt.login)))) return 'certificate-ca-partner';
  const result = checkSshSignature(authority.key, signature, signed);
  if (result !== 'good') return result === 'outdated' ? 'ssh-signature-sha1' : 'certificate-signature';
  if (!key.ok) return key.fault === 'weak' ? 'weak-ssh-key' : 'bad-ssh-key';
  return validityRefusal(certificate, attempt);
}

function validityRefusal(certificate: SshCertificate, attempt: SshAttempt): RefusalReason | undefined {
  const { type, principals, validAfter, validBefore, criticalOptions } = certificate;
  if (type !== USER) return 'certificate-type';
  const second = BigInt(Math.floor(attempt.at / 1000));
  if (second < validAfter) return 'certificate-not-yet-valid';
  if (second >= validBefore) return 'certificate-expired';
  if (!principals.includes(attempt.login)) return 'certificate-principal';
  for (const option of criticalOptions) {
    const networks = networksOf(option);
    if (networks === undefined) return 'certificate-critical-option';
    if (!networks.some((network) => covers(network, attempt.remoteAddress))) return 'certificate-source-address';
  }
  return undefined;
}

function speaksFor({ partners }: SshAuthority, partner: string): boolean {
  return partners === 'all' || partners.some((one) => one === partner);
}

/** `ksz` of `batch@ksz`, whether or not there is such an account. */
function partnerOf(login: string): string {
  return login.slice(login.lastIndexOf('@') + 1);
}

type Network = { readonly address: string; readonly family: 'ipv4' | 'ipv6'; readonly prefix: number };

/** The networks of `source-address`, the one critical option that is understood here; undefined for any other. */
function networksOf({ name, data }: SshOption): readonly Network[] | undefined {
  if (name !== SOURCE_ADDRESS) return undefined;
  const text = readWire(data, (reader) => {
    const read = reader.string().toString('latin1');
    reader.end();
    return read;
  });
  const networks = (text ?? '').split(',').map(networkOf);
  const sound = networks.filter((network) => network !== undefined);
  return sound.length === networks.length ? sound : undefined;
}

function networkOf(text: string): Network | undefined {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return undefined;
  const bits = version === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  return length > bits ? undefined : { address, family: version === 4 ? 'ipv4' : 'ipv6', prefix: length };
}

function covers({ address, family, prefix }: Network, remoteAddress: string): boolean {
  const remote = normaliseAddress(remoteAddress);
  if (isIP(remote) !== (family === 'ipv4' ? 4 : 6)) return false;
  const list = new BlockList();
  list.addSubnet(address, prefix, family);
  return list.check(remote, family);
}
