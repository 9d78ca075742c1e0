import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { canonicalJson } from './config/canonical-json.ts';
import type { Settings } from './config/settings.ts';
import type { Clock } from './domain/clock.ts';
import { isLoopback } from './domain/loopback.ts';
import { Misfit } from './domain/misfit.ts';
import { Signer } from './evidence/cms.ts';
import { tlsOptions } from './listen/tls.ts';
import { type Certificate, parseCertificates } from './pki/certificate.ts';
import { isDemoCertificate } from './pki/demo-keys.ts';
import { HostKeys } from './sftp/host-keys.ts';

/** The gateway's own keys and the issuers it trusts, as the configuration was read with them. */
export type OwnKeys = {
  readonly server: { readonly cert: string; readonly key: string };
  readonly hostKeys: HostKeys;
  readonly signer: Signer;
  readonly issuers: readonly Certificate[];
  readonly intermediates: readonly Certificate[];
};

type Pki = Settings['pki'];
type FileName = keyof Pki['files'];

const ANOTHER_FILE = 'correct the file, or name another one';
const HOST_KEY = 'use ssh-keygen -t ed25519, or -t rsa -b 3072, without passphrase';

/** Reads all of them. @throws Misfit where one can not be read, or a key is not that of its certificate */
export function ownKeysOf(settings: Settings, clock: Clock): OwnKeys {
  const { pki } = settings;
  const { files } = pki;
  const keys = {
    issuers: certificatesOf(pki, 'trustedIssuers'),
    intermediates: certificatesOf(pki, 'intermediateIssuers'),
    server: serverOf(pki),
    signer: signerOf(pki, clock),
    hostKeys: new HostKeys(
      files.sshHostKeys.map((_, index) => hostKeyOf(pki, 'sshHostKeys', index)),
      files.nextSshHostKeys.map((_, index) => hostKeyOf(pki, 'nextSshHostKeys', index)),
    ),
  };
  certificatesOf(pki, 'signerIssuer');
  return keys;
}

/** What they are read from: where it is the same, they are. */
export function originOfKeys({ pki }: Settings): string {
  const { crl: _lists, ...files } = pki.files;
  return canonicalJson([files, [...pki.texts]]);
}

/** The file that stands there in `pki`. @throws Misfit where it could not be read */
function textOf(pki: Pki, name: FileName, index?: number): string {
  const file = [pki.files[name]].flat()[index ?? 0] ?? '';
  const text = pki.texts.get(file);
  if (text !== undefined) return text;
  throw misfit(
    pki,
    name,
    index,
    `the file ${file} cannot be read`,
    'correct the name, or give the gateway read access',
  );
}

function misfit(pki: Pki, name: FileName, index: number | undefined, fault: string, remedy: string, cause?: unknown) {
  const path = pki.demo ? ['pki', 'directory'] : ['pki', 'files', name, ...(index === undefined ? [] : [index])];
  return new Misfit({ path, fault, remedy }, { cause });
}

/** @throws Misfit where a file holds none, or something else among them */
function certificatesOf(pki: Pki, name: 'trustedIssuers' | 'intermediateIssuers' | 'signerIssuer') {
  const isList = name !== 'signerIssuer';
  return [pki.files[name]].flat().flatMap((file, index) => {
    const at = isList ? index : undefined;
    const text = textOf(pki, name, at);
    return tried(
      () => parseCertificates(text),
      (cause) => misfit(pki, name, at, `${file} does not hold PEM certificates that can be read`, ANOTHER_FILE, cause),
    );
  });
}

function serverOf(pki: Pki): OwnKeys['server'] {
  const { serverCertificate, serverKey } = pki.files;
  const [cert, key] = [textOf(pki, 'serverCertificate'), textOf(pki, 'serverKey')];
  const certificate = tried(
    () => new X509Certificate(cert),
    (cause) =>
      misfit(pki, 'serverCertificate', undefined, `${serverCertificate} is no certificate`, ANOTHER_FILE, cause),
  );
  const privateKey = privateKeyOf(pki, 'serverKey', key);
  if (!certificate.checkPrivateKey(privateKey)) {
    const fault = `${serverKey} is not the key of the certificate in ${serverCertificate}`;
    throw misfit(pki, 'serverKey', undefined, fault, 'put the key there with which the certificate was asked for');
  }
  tried(
    () => createSecureContext(tlsOptions({ cert, key, ca: [] })),
    (cause) =>
      misfit(pki, 'serverCertificate', undefined, `TLS does not take ${serverCertificate}`, ANOTHER_FILE, cause),
  );
  return { cert, key };
}

function signerOf(pki: Pki, clock: Clock): Signer {
  const { signerCertificate, signerKey } = pki.files;
  const pem = textOf(pki, 'signerCertificate');
  const chain = tried(
    () => parseCertificates(pem),
    (cause) =>
      misfit(pki, 'signerCertificate', undefined, `${signerCertificate} is no certificate`, ANOTHER_FILE, cause),
  );
  const key = privateKeyOf(pki, 'signerKey', textOf(pki, 'signerKey'));
  return tried(
    () => Signer.of(key, chain, clock),
    (cause) => {
      const fault = `${signerKey} is not the RSA or EC key of a certificate in ${signerCertificate}`;
      return misfit(pki, 'signerKey', undefined, fault, 'put the key there with which it was asked for', cause);
    },
  );
}

function privateKeyOf(pki: Pki, name: 'serverKey' | 'signerKey', pem: string) {
  const fault = `${pki.files[name]} is no private key that can be read`;
  return tried(
    () => createPrivateKey(pem),
    (cause) => misfit(pki, name, undefined, fault, 'it is PEM, without passphrase', cause),
  );
}

function hostKeyOf(pki: Pki, name: 'sshHostKeys' | 'nextSshHostKeys', index: number): string {
  const text = textOf(pki, name, index);
  tried(
    () => new HostKeys([text]),
    (cause) => misfit(pki, name, index, `${pki.files[name][index]} is no SSH host key to use`, HOST_KEY, cause),
  );
  return text;
}

/**
 * Whatever the configuration calls itself: demo keys are public, and nobody else's machine may come near them.
 * @throws Misfit where a listener is not on loopback
 */
export function refuseDemoKeys({ listeners, pki }: Settings, { issuers, server, signer }: OwnKeys): void {
  const index = listeners.findIndex(({ host }) => !isLoopback(host));
  const exposed = listeners[index];
  if (exposed === undefined) return;
  const { trustedIssuers, serverCertificate, signerCertificate } = pki.files;
  const shown = [
    [trustedIssuers.join(', '), issuers],
    [serverCertificate, parseCertificates(server.cert)],
    [signerCertificate, [signer.certificate]],
  ] as const;
  const demo = shown.find(([, certificates]) => certificates.some(isDemoCertificate));
  if (demo === undefined) return;
  const fault = `${demo[0]} is a demo certificate, and the listener on ${exposed.host} is not on loopback`;
  throw new Misfit({ path: ['listeners', index, 'host'], fault, remedy: 'use keys of your own' });
}

/** What `read` gives; the error that `refusal` makes where it throws. */
function tried<T>(read: () => T, refusal: (cause: unknown) => Misfit): T {
  try {
    return read();
  } catch (cause) {
    throw refusal(cause);
  }
}
