import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Class3Policy } from './access/class3.ts';
import { canonicalJson } from './config/canonical-json.ts';
import { FileHints } from './config/file-hints.ts';
import type { HttpsListener as HttpsSettings, RevocationSettings, Settings } from './config/settings.ts';
import type { Path } from './config/yaml-file.ts';
import type { Clock } from './domain/clock.ts';
import type { Logger, Metrics } from './domain/logger.ts';
import { Misfit } from './domain/misfit.ts';
import type { OwnKeys } from './gateway-keys.ts';
import { acceptableIssuerPem } from './pki/acceptable-issuer.ts';
import type { Certificate } from './pki/certificate.ts';
import { CrlAddress, CrlFile, type CrlPlace } from './pki/crl-places.ts';
import { downloader } from './pki/download.ts';
import { LocallyRevoked, LocalRevocations, REVOCATIONS } from './pki/local-revocation.ts';
import { OcspSource } from './pki/ocsp.ts';
import type { RevocationAge, RevocationSource } from './pki/revocation.ts';
import { OcspThenLists } from './pki/revocation-chain.ts';
import { RevocationLists } from './pki/revocation-lists.ts';

const LISTS_MS = 5_000;
/** How long a list must be quiet after a notice before it is read. */
const QUIET_MS = 200;
const TICK_MS = 1_000;
/** Less than what an owner waits for a worker that makes a generation ready. */
const FIRST_LOOK_MS = 20_000;
const HALF_LIFE = 0.5;
const MINUTE_MS = 60_000;

export type Trust = {
  readonly issuers: readonly Certificate[];
  readonly intermediates: readonly Certificate[];
  readonly revocation: RevocationSource;
};

/** A trust that keeps what is known of revocation up to date until it is closed. */
export type OpenTrust = Trust & {
  /** What it was opened from: two that are equal need not be opened twice. */
  readonly origin: string;
  readonly sources: { readonly lists: RevocationLists; readonly ocsp: OcspSource };
  readonly close: () => void;
};

export type TrustParts = {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** What the hub itself revoked, SSH keys among it. */
  readonly revoked: LocalRevocations;
};

type Closers = (() => Promise<unknown>)[];

/** What the hub itself revoked, read again every second until it is closed. */
export async function openRevoked(data: string, logger: Logger, closers: Closers): Promise<LocalRevocations> {
  const revoked = new LocalRevocations(join(data, REVOCATIONS));
  const read = tellingRevoked(revoked, logger);
  await read();
  const ticks = setInterval(() => void read(), TICK_MS);
  closers.push(async () => clearInterval(ticks));
  return revoked;
}

/** What a trust is opened from. */
export function originOfTrust({ pki }: Settings): string {
  const { trustedIssuers, intermediateIssuers, crl } = pki.files;
  const issuers = [trustedIssuers, intermediateIssuers].map((files) => files.map((file) => pki.texts.get(file)));
  return canonicalJson([issuers, crl, pki.revocation, pki.clockToleranceSeconds]);
}

/**
 * Begins to learn what was revoked, and waits a moment for it.
 * @param before whose lists and answers about the same issuers count until there are newer ones
 */
export async function openTrust(
  settings: Settings,
  { issuers, intermediates }: Pick<OwnKeys, 'issuers' | 'intermediates'>,
  parts: TrustParts,
  before?: OpenTrust,
): Promise<OpenTrust> {
  const { clock, logger, revoked } = parts;
  const { timeoutSeconds } = settings.pki.revocation;
  const lists = listsOf(settings, parts, [...issuers, ...intermediates]);
  const ocsp = ocspOf(settings, parts, lists);
  if (before !== undefined) {
    lists.inherit(before.sources.lists);
    ocsp.inherit(before.sources.ocsp);
  }
  const reload = tellingReload(lists, logger);
  // A host that hangs must not keep the gateway from starting; nobody gets in before the list is there.
  const longest = Math.min(timeoutSeconds * 1000, FIRST_LOOK_MS);
  await Promise.race([reload(), delay(longest, undefined, { ref: false })]);
  const alarm = alarmOf(parts);
  const reloads = setInterval(() => void reload(), LISTS_MS);
  const ticks = setInterval(() => {
    ocsp.tick();
    alarm([...lists.ages(clock.now()), ...ocsp.ages(clock.now())]);
  }, TICK_MS);
  const leave = followLists(settings, reload);
  const close = () => {
    leave();
    clearInterval(reloads);
    clearInterval(ticks);
  };
  const revocation = new LocallyRevoked(revoked, new OcspThenLists(ocsp, lists));
  return { issuers, intermediates, revocation, origin: originOfTrust(settings), sources: { lists, ocsp }, close };
}

/**
 * What a listener asks of certificates, and the issuers it names to clients.
 * @param index where the listener stands among them
 * @throws Misfit where the listener trusts a key identifier that no file holds
 */
export function policyOf(
  { issuers, intermediates }: Trust,
  class3: HttpsSettings['class3'],
  clockToleranceSeconds: number,
  index: number,
): { readonly policy: Class3Policy; readonly pems: readonly string[] } {
  const trusted = someOf(issuers, class3.trustedIssuers, issuersOfListener(index));
  const policy: Class3Policy = {
    issuers: trusted,
    intermediates,
    clockToleranceMs: clockToleranceSeconds * 1000,
    allowedPolicies: class3.allowedPolicyOids === 'any' ? [] : class3.allowedPolicyOids,
    extendedKeyUsage: class3.requireExtendedKeyUsage ? 'required' : 'may-be-absent',
    nationalNumberPolicies: class3.nationalNumberPolicyOids === 'any' ? [] : class3.nationalNumberPolicyOids,
  };
  return { policy, pems: trusted.map(acceptableIssuerPem) };
}

/** Where it stands in gateway.yaml. */
export function issuersOfListener(index: number): Path {
  return ['listeners', index, 'class3', 'trustedIssuers'];
}

/** @throws Misfit where a key identifier is nobody's */
export function someOf(
  issuers: readonly Certificate[],
  wanted: 'all' | readonly string[],
  place: Path,
): readonly Certificate[] {
  if (wanted === 'all') return issuers;
  const trusted = issuers.filter(({ keyId }) => keyId !== undefined && wanted.includes(keyId));
  const absent = wanted.find((id) => !trusted.some(({ keyId }) => keyId === id));
  if (absent === undefined) return trusted;
  const path = [...place, wanted.indexOf(absent)];
  const remedy = 'correct it, or name the file of that issuer under pki';
  throw new Misfit({ path, fault: `no file of pki holds the issuer with key ${absent}`, remedy });
}

function listsOf(settings: Settings, { clock }: TrustParts, issuers: readonly Certificate[]): RevocationLists {
  const { files, revocation } = settings.pki;
  const limits = { timeoutMs: revocation.listTimeoutSeconds * 1000, maxBytes: revocation.maxListBytes };
  const download = downloader(limits);
  const placeOf = (place: string): CrlPlace =>
    place.startsWith('http://')
      ? new CrlAddress(place, download, revocation.revocationMaxAgeMinutes * MINUTE_MS)
      : new CrlFile(place, revocation.maxListBytes);
  return new RevocationLists({
    full: [...files.crl, ...revocation.issuers.flatMap(({ lists }) => lists)].map(placeOf),
    delta: revocation.issuers.flatMap(({ deltaLists }) => deltaLists).map(placeOf),
    issuers,
    rules: toleranceOf(settings),
    needDelta: new Set(revocation.issuers.filter(({ deltaLists }) => deltaLists.length > 0).map(({ keyId }) => keyId)),
    now: () => clock.now(),
  });
}

/** A list that is published in a file counts at once; the next reload is what makes it sure. @returns what ends this */
function followLists({ pki }: Settings, reload: () => Promise<void>): () => void {
  let quiet: NodeJS.Timeout | undefined;
  const hints = new FileHints(() => {
    clearTimeout(quiet);
    quiet = setTimeout(() => void reload(), QUIET_MS);
  });
  const places = [...pki.files.crl, ...pki.revocation.issuers.flatMap((one) => [...one.lists, ...one.deltaLists])];
  hints.follow(places.filter((place) => !place.startsWith('http://')));
  return () => {
    hints.close();
    clearTimeout(quiet);
  };
}

function ocspOf(settings: Settings, { logger, clock }: TrustParts, lists: RevocationLists): OcspSource {
  const { revocation } = settings.pki;
  const limits = { timeoutMs: revocation.timeoutSeconds * 1000, maxBytes: revocation.maxResponseBytes };
  const asked = revocation.issuers.filter(({ ocsp }) => ocsp.length > 0);
  return new OcspSource({
    responders: new Map(asked.map(({ keyId, ocsp }) => [keyId, ocsp])),
    download: downloader(limits),
    delegates: lists,
    ...toleranceOf(settings),
    maxAgeMs: revocation.revocationMaxAgeMinutes * MINUTE_MS,
    now: () => clock.now(),
    onProblem: (problem) => logger.warn(problem, 'an OCSP answer can not be used'),
  });
}

function toleranceOf({ pki }: Settings): { readonly graceMs: number; readonly toleranceMs: number } {
  const { graceMinutes } = pki.revocation satisfies RevocationSettings;
  return { graceMs: graceMinutes * MINUTE_MS, toleranceMs: pki.clockToleranceSeconds * 1000 };
}

/** Tells once what is wrong with the list of the hub, until it is well again. */
function tellingRevoked(revoked: LocalRevocations, logger: Logger): () => Promise<void> {
  let told: string | undefined;
  return async () => {
    const reason = await revoked.reload();
    if (reason !== undefined && reason !== told) {
      logger.error({ alarm: 'revoked', reason }, 'what was revoked here can not be read; what was read before stays');
    }
    told = reason;
  };
}

/** Tells each problem of a place once, until the place is well again. */
function tellingReload(lists: RevocationLists, logger: Logger): () => Promise<void> {
  let told: ReadonlySet<string> = new Set();
  return async () => {
    const problems = await lists.reload();
    for (const { place, reason } of problems) {
      if (told.has(`${place} ${reason}`)) continue;
      logger.error({ place, reason }, 'a revocation list can not be used; what was loaded before stays until its end');
    }
    told = new Set(problems.map(({ place, reason }) => `${place} ${reason}`));
  };
}

/** A measure of every age, and one line when half of a life has passed: somebody has half of it left to act. */
function alarmOf({ metrics, logger }: TrustParts): (ages: readonly RevocationAge[]) => void {
  const told = new Set<string>();
  return (ages) => {
    for (const { issuer, source, ratio } of ages) {
      metrics.gauge('sluis_revocation_age_ratio', ratio, { issuer, source });
      const key = `${source} ${issuer}`;
      if (ratio < HALF_LIFE) told.delete(key);
      else if (!told.has(key)) {
        told.add(key);
        logger.warn({ issuer, source, ratio }, 'what is known of revocation has passed half of its life');
      }
    }
  };
}
