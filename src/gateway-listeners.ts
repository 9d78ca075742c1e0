import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import type { Admission, Refused } from './access/admission.ts';
import { AdmissionDesk } from './access/admission-desk.ts';
import type { SshDoor } from './access/ssh-door.ts';
import type { Audit } from './audit/audit.ts';
import type { HttpsListener as HttpsSettings, Settings, SftpListener as SftpSettings } from './config/settings.ts';
import type { Clock } from './domain/clock.ts';
import type { Current } from './domain/current.ts';
import { GatewayError } from './domain/errors.ts';
import type { Generation } from './domain/generation.ts';
import type { Logger } from './domain/logger.ts';
import { isLoopback } from './domain/loopback.ts';
import type { ListenerLimits } from './gateway-limits.ts';
import type { PortalDoor } from './gateway-portal.ts';
import type { LevelTwoDoor } from './gateway-second-factor.ts';
import { openSshDoor } from './gateway-ssh.ts';
import { policyOf, type Trust } from './gateway-trust.ts';
import { HttpsListener } from './listen/https.ts';
import { holdsDemoCertificate } from './pki/demo-keys.ts';
import { loadPages, type Pages, pagesInFrontOf } from './portal/pages.ts';
import { HostKeys } from './sftp/host-keys.ts';
import { SftpListener } from './sftp/listener.ts';
import { bannerFor } from './texts/banner.ts';
import { type RefusalText, refusalLines, refusalTextOf } from './texts/texts.ts';
import { forDesignations } from './vfs/designations.ts';
import type { Vfs } from './vfs/vfs.ts';
import type { DavParts } from './webdav/dav-parts.ts';
import { davHandler } from './webdav/handler.ts';

/** Of a name that somebody claims; longer ones are nobody's. */
const MAX_LOGIN_CHARACTERS = 100;
const REMEMBERED_CERTIFICATES = 10_000;

/** SSH shows no certificates of this kind. */
const KEYS_ONLY: HttpsSettings['class3'] = {
  requireExtendedKeyUsage: true,
  allowedPolicyOids: 'any',
  trustedIssuers: 'all',
  nationalNumberPolicyOids: 'any',
};

export type ListenerParts = {
  readonly settings: Settings;
  readonly trust: Trust;
  readonly generation: Current<Generation>;
  readonly audit: Audit;
  readonly vfs: Vfs;
  readonly shared: ListenerLimits;
  readonly levelTwo: LevelTwoDoor;
  readonly portal: PortalDoor;
  readonly logger: Logger;
  readonly clock: Clock;
  /** How long what runs may take to its end when the listeners are closed. */
  readonly closeDeadlineMs: Current<number>;
};

export type Closers = (() => Promise<unknown>)[];

/** Who is let in by what he shows: class-3 certificates, SSH keys and SSH certificates. */
type Doors = Trust & { readonly ssh: SshDoor };

/** A listener that was built: it holds a port of its own, or is given connections that another process accepted. */
export type BuiltListener = {
  /** @returns the port that was bound */
  listen(): Promise<number>;
  serve(): void;
  take(socket: Socket): void;
};

/** Opens every configured listener. @returns the ports that were bound, in their order */
export async function openListeners(parts: ListenerParts, closers: Closers): Promise<readonly number[]> {
  const ports: number[] = [];
  for await (const listener of buildListeners(parts, closers)) ports.push(await listener.listen());
  return ports;
}

/** Every configured listener, in their order; each is closed by one of the closers. */
export async function* buildListeners(parts: ListenerParts, closers: Closers): AsyncGenerator<BuiltListener> {
  await refuseDemoKeys(parts.settings);
  const trust = { ...parts.trust, ssh: await openSshDoor({ ...parts, revoked: parts.trust.revoked }, closers) };
  const pages = await loadPages(parts.logger);
  for (const listener of parts.settings.listeners) {
    const build =
      listener.protocol === 'https' ? buildHttps(parts, trust, listener, pages) : buildSftp(parts, trust, listener);
    const { server, close } = await build;
    closers.push(close);
    yield server;
  }
}

/** What WebDAV sees of the file tree. */
export function davPartsOf(vfs: Vfs): Pick<DavParts, 'files' | 'uploads' | 'locks' | 'properties' | 'quota'> {
  const { uploads, locks, properties, quota } = vfs;
  return forDesignations({ files: vfs, uploads, locks, properties, quota });
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

function admissionOf(
  { settings, generation, audit, levelTwo, clock }: ListenerParts,
  trust: Doors,
  class3: HttpsSettings['class3'],
): AdmissionDesk {
  const { policy } = policyOf(trust, class3, settings.pki.clockToleranceSeconds);
  const partners = {
    get value() {
      return generation.value.partners;
    },
  };
  return new AdmissionDesk({
    ...{ partners, policy: { value: policy }, revocation: trust.revocation, ssh: trust.ssh, audit, clock },
    stepUps: levelTwo.stepUps,
    maxRemembered: REMEMBERED_CERTIFICATES,
  });
}

/** Changes with everything that may change an admission: the configuration, what is known of revocation, step-ups. */
function admissionVersion(
  generation: Current<Generation>,
  ...others: readonly { readonly version: number }[]
): Current<{ readonly id: string }> {
  return {
    get value() {
      return { id: [generation.value.id, ...others.map(({ version }) => version)].join(' ') };
    },
  };
}

async function buildHttps(parts: ListenerParts, trust: Doors, listener: HttpsSettings, pages: Pages | undefined) {
  const { settings, generation, audit, vfs, shared, levelTwo, portal, logger, clock } = parts;
  const { serverCertificate, serverKey } = settings.pki.files;
  const [cert, key] = await Promise.all([readFile(serverCertificate, 'utf8'), readFile(serverKey, 'utf8')]);
  const admission: Admission = admissionOf(parts, trust, listener.class3);
  const { pems } = policyOf(trust, listener.class3, settings.pki.clockToleranceSeconds);
  const server = new HttpsListener({
    ...{ ...shared, strangers: shared.strangersOf(listener), listener, tls: { cert, key, ca: pems }, admission },
    ...{ audit, logger, running: vfs.running },
    generation: admissionVersion(generation, trust.revocation, levelTwo.stepUps),
    handler: pagesInFrontOf(
      pages,
      levelTwo.inFrontOf(portal.inFrontOf(davHandler({ ...davPartsOf(vfs), clock, logger }))),
    ),
    refusalText: (refused, acceptLanguage) => textOfRefusal(refused, acceptLanguage, parts),
  });
  const close = async () => {
    portal.close();
    await server.close(parts.closeDeadlineMs.value);
  };
  return { server, close };
}

/** What is wrong, and who helps: the helpdesk of the partner where it is known whose certificate it is, else the hub's. */
function textOfRefusal(
  { reason, principal, reference }: Refused,
  acceptLanguage: string | undefined,
  { settings, generation }: ListenerParts,
): RefusalText {
  const partner = generation.value.partners.find(({ id }) => id === principal?.partner);
  const visitor = { reference, contact: partner?.helpdesk ?? settings.contact };
  return refusalTextOf(reason, acceptLanguage, settings.languages, visitor);
}

async function buildSftp(parts: ListenerParts, trust: Doors, listener: SftpSettings) {
  const { settings, generation, audit, vfs, shared, logger, clock } = parts;
  const desk = admissionOf(parts, trust, KEYS_ONLY);
  const { sshHostKeys, nextSshHostKeys } = settings.pki.files;
  const languageOf = (partner: string) => generation.value.partners.find(({ id }) => id === partner)?.language;
  const allOf = (files: readonly string[]) => Promise.all(files.map((file) => readFile(file)));
  const server = new SftpListener({
    ...{ ...shared, strangers: shared.strangersOf(listener), listener, admission: desk, files: vfs },
    running: vfs.running,
    ...{ uploads: vfs.uploads, quota: vfs.quota, audit, logger, clock },
    version: admissionVersion(generation, trust.ssh),
    secondFactors: parts.levelTwo.factors,
    hostKeys: new HostKeys(await allOf(sshHostKeys), await allOf(nextSshHostKeys)),
    keyRefusal: (login, key, remoteAddress) => desk.keyRefusal(login, key, remoteAddress),
    refusalText: (reason) => refusalLines(reason, settings.languages),
    languageOf,
    banner: (login) => bannerFor(login, { languageOf, ...settings }),
    onRefusal: ({ facts, ...refusal }) =>
      audit.note({
        kind: 'login',
        outcome: 'refused',
        fields: { protocol: 'sftp', ...refusal, login: refusal.login.slice(0, MAX_LOGIN_CHARACTERS), ...facts },
      }),
  });
  return { server, close: () => server.close(parts.closeDeadlineMs.value) };
}
