import { readFile } from 'node:fs/promises';
import type { Admission } from './access/admission.ts';
import { AdmissionDesk } from './access/admission-desk.ts';
import type { AuditLog } from './audit/audit-log.ts';
import type { HttpsListener as HttpsSettings, Settings, SftpListener as SftpSettings } from './config/settings.ts';
import type { Clock } from './domain/clock.ts';
import type { Current } from './domain/current.ts';
import { GatewayError } from './domain/errors.ts';
import type { Generation } from './domain/generation.ts';
import type { Logger } from './domain/logger.ts';
import { isLoopback } from './domain/loopback.ts';
import { HttpsListener } from './listen/https.ts';
import { type Certificate, parseCertificates } from './pki/certificate.ts';
import { holdsDemoCertificate } from './pki/demo-keys.ts';
import { RevocationLists } from './pki/revocation.ts';
import { SftpListener } from './sftp/listener.ts';
import { refusalTextOf } from './texts/texts.ts';
import type { Vfs } from './vfs/vfs.ts';
import { davHandler } from './webdav/handler.ts';

const CLOSE_DEADLINE_MS = 10_000;
const CRL_RELOAD_MS = 5_000;
const READMIT_MS = 1_000;
/** Of a name that somebody claims; longer ones are nobody's. */
const MAX_LOGIN_CHARACTERS = 100;
const MAX_CRL_BYTES = 64 * 1024 * 1024;
const REMEMBERED_CERTIFICATES = 10_000;

export type ListenerParts = {
  readonly settings: Settings;
  readonly generation: Current<Generation>;
  readonly audit: AuditLog;
  readonly vfs: Vfs;
  readonly logger: Logger;
  readonly clock: Clock;
};

export type Closers = (() => Promise<unknown>)[];

type Trust = {
  readonly issuers: readonly Certificate[];
  readonly pems: readonly string[];
  readonly revocation: RevocationLists;
};

/** Opens every configured listener. @returns the ports that were bound, in their order */
export async function openListeners(parts: ListenerParts, closers: Closers): Promise<readonly number[]> {
  await refuseDemoKeys(parts.settings);
  const trust = await openTrust(parts, closers);
  const ports: number[] = [];
  for (const listener of parts.settings.listeners) {
    const open = listener.protocol === 'https' ? openHttps(parts, trust, listener) : openSftp(parts, trust, listener);
    const { port, close } = await open;
    closers.push(close);
    ports.push(port);
  }
  return ports;
}

/** Whatever the configuration calls itself: demo keys are public, and nobody else's machine may come near them. */
async function refuseDemoKeys({ listeners, pki }: Settings): Promise<void> {
  const exposed = listeners.find(({ host }) => !isLoopback(host));
  if (exposed === undefined) return;
  const { trustedIssuers, serverCertificate, signerCertificate } = pki.files;
  for (const file of [...trustedIssuers, serverCertificate, signerCertificate]) {
    if (!holdsDemoCertificate(await readFile(file, 'utf8'))) continue;
    const message = `${file} is a demo certificate, and the listener on ${exposed.host} is not on loopback; use keys of your own`;
    throw new GatewayError('bad-request', message);
  }
}

async function openTrust({ settings, logger }: ListenerParts, closers: Closers): Promise<Trust> {
  const { trustedIssuers, crl } = settings.pki.files;
  const pems = await Promise.all(trustedIssuers.map((file) => readFile(file, 'utf8')));
  const issuers = pems.flatMap((pem) => parseCertificates(pem));
  const revocation = new RevocationLists({ files: crl, issuers, maxFileBytes: MAX_CRL_BYTES, graceMs: 0 });
  const told = new Set<string>();
  const reload = async () => {
    for (const { file, reason } of await revocation.reload()) {
      if (reason === 'older-than-loaded' || told.has(`${file} ${reason}`)) continue;
      told.add(`${file} ${reason}`);
      logger.error({ file, reason }, 'a revocation list can not be used; what was loaded before stays until its end');
    }
  };
  await reload();
  const reloads = setInterval(() => void reload(), CRL_RELOAD_MS);
  closers.push(async () => clearInterval(reloads));
  return { issuers, pems, revocation };
}

function admissionOf(
  { generation, audit, clock }: ListenerParts,
  { issuers, revocation }: Trust,
  class3: HttpsSettings['class3'],
): AdmissionDesk {
  const policy = {
    issuers,
    allowedPolicies: class3.allowedPolicyOids === 'any' ? [] : class3.allowedPolicyOids,
    extendedKeyUsage: class3.requireExtendedKeyUsage ? ('required' as const) : ('may-be-absent' as const),
    nationalNumberPolicies: [],
  };
  const partners = {
    get value() {
      return generation.value.partners;
    },
  };
  return new AdmissionDesk({
    ...{ partners, policy: { value: policy }, revocation, audit, clock },
    maxRemembered: REMEMBERED_CERTIFICATES,
  });
}

/** Changes with everything that may change an admission: the configuration, and a newly loaded revocation list. */
function admissionVersion(
  generation: Current<Generation>,
  revocation: RevocationLists,
): Current<{ readonly id: string }> {
  return {
    get value() {
      return { id: `${generation.value.id} ${revocation.version}` };
    },
  };
}

async function openHttps(parts: ListenerParts, trust: Trust, listener: HttpsSettings) {
  const { settings, generation, audit, vfs, logger, clock } = parts;
  const { serverCertificate, serverKey } = settings.pki.files;
  const [cert, key] = await Promise.all([readFile(serverCertificate, 'utf8'), readFile(serverKey, 'utf8')]);
  const admission: Admission = admissionOf(parts, trust, listener.class3);
  const server = new HttpsListener({
    ...{ listener, tls: { cert, key, ca: trust.pems }, admission, audit, logger },
    generation: admissionVersion(generation, trust.revocation),
    handler: davHandler({ files: vfs, uploads: vfs.uploads, clock, logger }),
    limits: generation.value.limits,
    refusalText: (reason, acceptLanguage) => refusalTextOf(reason, acceptLanguage, settings.languages),
  });
  return { port: await server.listen(), close: () => server.close(CLOSE_DEADLINE_MS) };
}

async function openSftp(parts: ListenerParts, trust: Trust, listener: SftpSettings) {
  const { settings, generation, audit, vfs, logger, clock } = parts;
  const desk = admissionOf(parts, trust, { requireExtendedKeyUsage: false, allowedPolicyOids: 'any' });
  const limits = {
    get value() {
      return generation.value.limits;
    },
  };
  const server = new SftpListener({
    ...{ listener, admission: desk, files: vfs, uploads: vfs.uploads, limits, logger, clock },
    hostKeys: [await readFile(settings.pki.files.sshHostKey)],
    knowsKey: (login, key) => desk.knowsKey(login, key),
    onRefusal: (refusal) =>
      audit.note({
        kind: 'login',
        outcome: 'refused',
        fields: { protocol: 'sftp', ...refusal, login: refusal.login.slice(0, MAX_LOGIN_CHARACTERS) },
      }),
  });
  const port = await server.listen();
  let admitted = generation.value.id;
  const readmission = setInterval(() => {
    if (generation.value.id === admitted) return;
    admitted = generation.value.id;
    void server.readmit();
  }, READMIT_MS);
  const close = async () => {
    clearInterval(readmission);
    await server.close(CLOSE_DEADLINE_MS);
  };
  return { port, close };
}
