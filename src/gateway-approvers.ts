import { createHash } from 'node:crypto';
import { Identities } from './access/identify.ts';
import { APPROVAL_NAMESPACE, type Signature } from './config/proposals.ts';
import type { Clock } from './domain/clock.ts';
import type { Current } from './domain/current.ts';
import type { Generation } from './domain/generation.ts';
import { verifySetSignature } from './evidence/set-signature.ts';
import type { InForce } from './gateway-in-force.ts';
import { LocallyRevokedKeys, type LocalRevocations } from './pki/local-revocation.ts';
import { revocationOfPath } from './pki/path-rules.ts';
import { verifyFileSignature } from './pki/ssh-file-signature.ts';
import { KrlFiles } from './pki/ssh-revocation.ts';

export type Signed = Pick<Signature, 'form' | 'signature'>;

/** `anna@ksz`, and the SHA-256 of the key or certificate that signed; or why it is nobody. */
export type Signer = { readonly signer: string; readonly proof: string } | { readonly refusal: string };

/** Finds out who signed a text. */
export type SignerOf = (signed: Signed, text: string, generation: Generation) => Promise<Signer>;

type Parts = { readonly inForce: Current<InForce>; readonly revoked: LocalRevocations; readonly clock: Clock };

export const NOT_GOOD = 'the signature is not one over this text';
/** A responder that hangs must not hold the caller. */
const REVOCATION_MS = 10_000;
const MAX_KRL_BYTES = 64 * 1024 * 1024;

/** Signatures by the SSH keys and the certificates of persons of the hub, as the generation in force names them. */
export function signersOf(parts: Parts): SignerOf {
  return async ({ form, signature }, text, generation) =>
    form === 'ssh' ? bySshKey(parts, signature, text, generation) : byCertificate(parts, signature, text, generation);
}

async function bySshKey({ revoked }: Parts, signature: string, text: string, generation: Generation): Promise<Signer> {
  const armored = Buffer.from(signature, 'base64').toString('latin1');
  const found = verifyFileSignature(armored, Buffer.from(text), APPROVAL_NAMESPACE);
  if (found === undefined) return { refusal: NOT_GOOD };
  const blob = found.blob.toString('base64');
  const hub = generation.partners.find(({ id }) => id === generation.hub);
  const account = hub?.accounts.find((one) => one.kind === 'person' && one.sshKeys.some((key) => key.blob === blob));
  if (hub === undefined || account === undefined) return { refusal: 'the key is of no person of the hub' };
  // Read now: nobody signs with a key in the seconds after it was revoked.
  await revoked.reload();
  const lists = new KrlFiles({ trust: { value: generation.ssh }, maxFileBytes: MAX_KRL_BYTES });
  if ((await new LocallyRevokedKeys(revoked, lists).statusOf(found.blob)) !== 'good')
    return { refusal: 'the key is revoked, or nobody can say whether it is' };
  return { signer: `${account.id}@${hub.id}`, proof: createHash('sha256').update(found.blob).digest('hex') };
}

async function byCertificate(
  { inForce, revoked, clock }: Parts,
  signature: string,
  text: string,
  generation: Generation,
): Promise<Signer> {
  const { settings, signing, trust } = inForce.value;
  const content = Buffer.from(text);
  const file = {
    sha256: createHash('sha256').update(content).digest('hex'),
    content: async function* () {
      yield content;
    },
  };
  const verified = await verifySetSignature(Buffer.from(signature, 'base64'), file, signing.policy, clock.now());
  if (!verified.ok) return { refusal: `${NOT_GOOD} (${verified.reason})` };
  const hub = generation.partners.filter(({ id }) => id === generation.hub);
  const { nationalNumberPolicyOids: oids } = settings.signatures;
  const found = new Identities(hub).byCertificate(verified.signer, verified.path, oids === 'any' ? [] : oids);
  if (!found.ok || found.identity.account.kind !== 'person')
    return { refusal: 'the certificate is of no person of the hub' };
  await revoked.reload();
  const deadline = AbortSignal.timeout(REVOCATION_MS);
  const late = new Promise<undefined>((resolve) => deadline.addEventListener('abort', () => resolve(undefined)));
  const status = await Promise.race([revocationOfPath(verified.path, trust.revocation, clock.now()), late]);
  if (status?.state !== 'good') return { refusal: 'the certificate is revoked, or nobody can say whether it is' };
  const signer = `${found.identity.account.id}@${found.identity.partner.id}`;
  return { signer, proof: verified.signer.fingerprint };
}
