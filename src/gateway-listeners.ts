import type { Admission, Refused } from './access/admission.ts';
import { AdmissionDesk } from './access/admission-desk.ts';
import type { SshDoor } from './access/ssh-door.ts';
import type { Audit } from './audit/audit.ts';
import type { Settings } from './config/settings.ts';
import type { Clock } from './domain/clock.ts';
import { type Current, viewOf } from './domain/current.ts';
import type { Generation } from './domain/generation.ts';
import type { Logger } from './domain/logger.ts';
import { type DoorRules, Doors, type Server } from './gateway-doors.ts';
import type { ListenerLimits } from './gateway-limits.ts';
import type { PortalDoor } from './gateway-portal.ts';
import type { LevelTwoDoor } from './gateway-second-factor.ts';
import { openSshDoor } from './gateway-ssh.ts';
import { HttpsListener } from './listen/https.ts';
import type { LocalRevocations } from './pki/local-revocation.ts';
import { loadPages, type Pages, pagesInFrontOf } from './portal/pages.ts';
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

export type ListenerParts = {
  readonly settings: Current<Settings>;
  readonly generation: Current<Generation>;
  readonly revoked: LocalRevocations;
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

type Opened = ListenerParts & { readonly ssh: SshDoor; readonly pages: Pages | undefined };

/** The listeners of this process: none yet, until a generation says which. */
export async function openDoors(parts: ListenerParts, closers: Closers): Promise<Doors> {
  const opened = { ...parts, ssh: await openSshDoor(parts, closers), pages: await loadPages(parts.logger) };
  const build = (id: number, rules: Current<DoorRules>): Server =>
    rules.value.listener.protocol === 'https' ? httpsServer(opened, id, rules) : sftpServer(opened, id, rules);
  const doors = new Doors({ build, audit: parts.audit, closeDeadlineMs: parts.closeDeadlineMs });
  closers.push(async () => {
    parts.portal.close();
    await doors.close();
  });
  return doors;
}

/** What WebDAV sees of the file tree. */
export function davPartsOf(vfs: Vfs): Pick<DavParts, 'files' | 'uploads' | 'locks' | 'properties' | 'quota'> {
  const { uploads, locks, properties, quota } = vfs;
  return forDesignations({ files: vfs, uploads, locks, properties, quota });
}

function admissionOf({ generation, ssh, audit, levelTwo, clock }: Opened, rules: Current<DoorRules>): AdmissionDesk {
  return new AdmissionDesk({
    partners: viewOf(generation, ({ partners }) => partners),
    class3: viewOf(rules, ({ class3 }) => class3),
    ...{ ssh, audit, clock },
    stepUps: levelTwo.stepUps,
    maxRemembered: REMEMBERED_CERTIFICATES,
  });
}

/** Changes with everything that may change an admission: the configuration, what is known of revocation, step-ups. */
function admissionVersion(
  generation: Current<Generation>,
  ...others: readonly (() => { readonly version: number })[]
): Current<{ readonly id: string }> {
  return {
    get value() {
      return { id: [generation.value.id, ...others.map((other) => other().version)].join(' ') };
    },
  };
}

function httpsServer(parts: Opened, id: number, rules: Current<DoorRules>): Server {
  const { generation, audit, vfs, shared, levelTwo, portal, pages, logger, clock } = parts;
  const admission: Admission = admissionOf(parts, rules);
  const listener = viewOf(rules, (now) => now.listener);
  return new HttpsListener({
    ...{ ...shared, strangers: shared.strangersOf(id, listener), listener, admission },
    ...{ audit, logger, running: vfs.running },
    tls: viewOf(rules, ({ tls }) => tls),
    generation: admissionVersion(
      generation,
      () => rules.value.class3.revocation,
      () => levelTwo.stepUps,
    ),
    handler: pagesInFrontOf(
      pages,
      levelTwo.inFrontOf(portal.inFrontOf(davHandler({ ...davPartsOf(vfs), clock, logger }))),
    ),
    refusalText: (refused, acceptLanguage) => textOfRefusal(refused, acceptLanguage, parts),
  });
}

/** What is wrong, and who helps: the helpdesk of the partner where it is known whose certificate it is, else the hub's. */
function textOfRefusal(
  { reason, principal, reference }: Refused,
  acceptLanguage: string | undefined,
  { settings }: ListenerParts,
): RefusalText {
  const { generation, contact, languages } = settings.value;
  const partner = generation.partners.find(({ id }) => id === principal?.partner);
  return refusalTextOf(reason, acceptLanguage, languages, { reference, contact: partner?.helpdesk ?? contact });
}

function sftpServer(parts: Opened, id: number, rules: Current<DoorRules>): Server {
  const { settings, generation, ssh, audit, vfs, shared, logger, clock } = parts;
  const desk = admissionOf(parts, rules);
  const listener = viewOf(rules, (now) => now.listener);
  const languageOf = (partner: string) => generation.value.partners.find(({ id: one }) => one === partner)?.language;
  return new SftpListener({
    ...{ ...shared, strangers: shared.strangersOf(id, listener), listener, admission: desk, files: vfs },
    running: vfs.running,
    ...{ uploads: vfs.uploads, quota: vfs.quota, audit, logger, clock },
    version: admissionVersion(generation, () => ssh),
    secondFactors: parts.levelTwo.factors,
    hostKeys: viewOf(rules, ({ hostKeys }) => hostKeys),
    keyRefusal: (login, key, remoteAddress) => desk.keyRefusal(login, key, remoteAddress),
    refusalText: (reason) => refusalLines(reason, settings.value.languages),
    languageOf,
    banner: (login) => bannerFor(login, { languageOf, ...settings.value }),
    onRefusal: ({ facts, ...refusal }) =>
      audit.note({
        kind: 'login',
        outcome: 'refused',
        fields: { protocol: 'sftp', ...refusal, login: refusal.login.slice(0, MAX_LOGIN_CHARACTERS), ...facts },
      }),
  });
}
