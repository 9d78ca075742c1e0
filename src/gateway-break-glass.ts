import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Audit } from './audit/audit.ts';
import { writeDurably } from './config/durable-file.ts';
import { hubPersonRefusal, personOf, secondPersonRefusal } from './config/proposals.ts';
import type { Clock } from './domain/clock.ts';
import type { Current } from './domain/current.ts';
import { GatewayError } from './domain/errors.ts';
import type { Generation } from './domain/generation.ts';
import type { Logger } from './domain/logger.ts';
import { dateOf } from './domain/period.ts';
import { isWithin, parseVPath, partsOf, type VPath } from './domain/vpath.ts';
import { NOT_GOOD, type Signed, type Signer, type SignerOf } from './gateway-approvers.ts';
import { type BreakGlass, breakGlassText, fieldsOf, Grants, readText } from './gateway-break-glass-grants.ts';
import { type Challenge, Challenges } from './gateway-challenges.ts';
import type { ContentStore } from './storage/content-store.ts';
import type { Ledger } from './storage/ledger.ts';

type Parts = {
  readonly data: string;
  readonly ledger: Ledger;
  readonly store: ContentStore;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly generation: Current<Generation>;
  readonly signerOf: SignerOf;
};

const MAX_MINUTES = 480;
const MINUTE_MS = 60_000;
/** What was asked for and not opened is forgotten. */
const ASKED_MS = 60 * MINUTE_MS;
const SECOND_ROLES = ['approver', 'security-officer'] as const;
/** Who sees what others asked for. */
const WATCHING_ROLES: ReadonlySet<string> = new Set(['approver', 'security-officer', 'auditor']);
const NOT_OPEN = 'break-glass is not open for this, or not any more';
const LIST = 'sluis break-glass list';
const NOT_NOW = 'the signature is not one over a text that was given out in the last ten minutes';

/** `sluis break-glass ask | prove | open | challenge | read | list`, as the running gateway does them. */
export class BreakGlassDesk {
  readonly #parts: Parts;
  readonly #grants: Grants;
  readonly #challenges: Challenges;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#grants = new Grants(parts.data);
    this.#challenges = new Challenges(parts.clock);
  }

  /** @throws GatewayError `bad-request` */
  async ask(asked: { principal: string; path: string; reason: string; minutes: number }) {
    const { clock, audit } = this.#parts;
    const { principal, reason, minutes } = asked;
    const refusal = this.#askerRefusal(principal);
    if (refusal !== undefined) throw new GatewayError('bad-request', refusal);
    if (!/^\P{Cc}{10,500}$/u.test(reason))
      throw new GatewayError('bad-request', 'a reason is one line of 10 to 500 characters');
    if (!Number.isInteger(minutes) || minutes < 1 || minutes > MAX_MINUTES) {
      throw new GatewayError('bad-request', `it is opened for 1 to ${MAX_MINUTES} minutes`);
    }
    const path = parseVPath(asked.path);
    if (partsOf(path).length < 2) throw new GatewayError('bad-request', 'name a folder or a file, as in /rjv/OUT/ADRM');
    const askedAt = new Date(clock.now()).toISOString();
    const grant: BreakGlass = {
      ...{ id: randomUUID(), principal, path, reason, minutes, askedAt, systemUser: userInfo().username },
    };
    await audit.record({ kind: 'break-glass-asked', outcome: 'done', fields: fieldsOf(grant) });
    await this.#grants.save(grant);
    return { ...grant, toSign: breakGlassText(grant) };
  }

  /** What was asked for, and what is to be signed. */
  async asked(id: string) {
    const grant = await this.#grants.find(id);
    return { ...grant, toSign: breakGlassText(grant) };
  }

  /** With the signature of the one who asked. @throws GatewayError `bad-request` where it is somebody else's */
  async prove(id: string, signed: Signed) {
    const { generation, clock, audit, signerOf } = this.#parts;
    const grant = await this.#grants.find(id);
    this.#mustBeAsked(grant);
    if (grant.signed !== undefined) throw new GatewayError('bad-request', `${grant.principal} signed this already`);
    const found = await signerOf(signed, breakGlassText(grant), generation.value);
    const refusal = 'refusal' in found ? found.refusal : this.#proofRefusal(grant, found.signer);
    if (refusal !== undefined) {
      await audit.record({ kind: 'break-glass-signed', outcome: 'refused', fields: { id, reason: refusal } });
      throw new GatewayError('bad-request', refusal);
    }
    const proven = { ...grant, signed: { ...signed, at: new Date(clock.now()).toISOString() } };
    await audit.record({ kind: 'break-glass-signed', outcome: 'done', fields: fieldsOf(grant) });
    await this.#grants.save(proven);
    return { ...proven, toSign: breakGlassText(proven) };
  }

  /** With the signature of a second person, where the first one signed; the data protection officer of the hub is told. @throws GatewayError `bad-request` */
  async open(id: string, signed: Signed) {
    const { generation, clock, audit, logger, signerOf, data } = this.#parts;
    const grant = await this.#grants.find(id);
    const now = clock.now();
    this.#mustBeAsked(grant);
    const found = await signerOf(signed, breakGlassText(grant), generation.value);
    const refusal = 'refusal' in found ? found.refusal : this.#refusal(grant, found.signer);
    if (refusal !== undefined || !('signer' in found)) {
      await audit.record({
        kind: 'break-glass',
        outcome: 'refused',
        fields: { id, reason: refusal ?? 'nobody signed' },
      });
      throw new GatewayError('bad-request', refusal ?? 'nobody signed');
    }
    const until = new Date(now + grant.minutes * MINUTE_MS).toISOString();
    const opened = { ...grant, opened: { second: found.signer, ...signed, at: new Date(now).toISOString(), until } };
    const fields = { ...fieldsOf(grant), second: found.signer, until };
    await audit.record({ kind: 'break-glass', outcome: 'done', fields });
    const notice = join(data, 'notices', 'dpo', `${id}.json`);
    await writeDurably(notice, `${JSON.stringify(opened, undefined, 2)}\n`);
    await this.#grants.save(opened);
    logger.warn({ ...fields, notice }, 'break-glass was opened: the data protection officer of the hub is to be told');
    return opened;
  }

  /** What the one who asked signs, each time he reads a file; without a path, what anybody signs to see the list. */
  async challenge(id: string, path: string): Promise<Challenge> {
    if (id === '') return this.#challenges.issue(LIST);
    const grant = await this.#grants.find(id);
    return this.#challenges.issue(readText(grant.id, parseVPath(path)));
  }

  /**
   * Copies one file to the disk, where it was opened and not ended, for the one who asked: he proves himself anew, with the
   * key or certificate he asked with. @throws GatewayError `not-allowed`, `not-found`
   */
  async read(
    id: string,
    path: string,
    to: string,
    signed: Signed,
  ): Promise<{ readonly size: number; readonly sha256: string }> {
    const { ledger, store, audit } = this.#parts;
    const grant = await this.#grants.find(id);
    const asked = parseVPath(path);
    const fields = { ...fieldsOf(grant), path: asked };
    const refusal = (await this.#readerRefusal(grant, asked, signed)) ?? (await this.#closedRefusal(grant, asked));
    if (refusal !== undefined) {
      await audit.record({ kind: 'break-glass-read', outcome: 'refused', fields: { ...fields, why: refusal } });
      throw new GatewayError('not-allowed', refusal);
    }
    if (!isAbsolute(to)) throw new GatewayError('bad-request', 'the file to write is named by its whole path');
    const row = await ledger.read({ kind: 'entry', path: ledgerPathOf(asked) });
    if (row?.kind !== 'file') throw new GatewayError('not-found', 'there is no such file');
    const { size, sha256 } = row;
    // Durable before the first byte leaves.
    await audit.record({ kind: 'break-glass-read', outcome: 'done', fields: { ...fields, size, sha256 } });
    await pipeline(store.read(row), createWriteStream(to, { flags: 'wx', mode: 0o600 }));
    return { size, sha256 };
  }

  /** The newest first, ended ones too: those of the one who signs, or all for who watches over them. @throws GatewayError `not-allowed` */
  async list(signed: Signed): Promise<readonly BreakGlass[]> {
    const { generation, audit } = this.#parts;
    const found = await this.#signedNow(LIST, signed);
    const refusal = 'refusal' in found ? found.refusal : this.#askerRefusal(found.signer);
    if (refusal !== undefined || !('signer' in found)) {
      const fields = { reason: refusal ?? NOT_NOW, ...('signer' in found ? { principal: found.signer } : {}) };
      await audit.record({ kind: 'break-glass-list', outcome: 'refused', fields });
      throw new GatewayError('not-allowed', refusal ?? NOT_NOW);
    }
    const { signer: principal } = found;
    await audit.record({ kind: 'break-glass-list', outcome: 'done', fields: { principal } });
    const roles = personOf(generation.value.partners, principal)?.account.roles ?? [];
    const seesAll = roles.some((role) => WATCHING_ROLES.has(role));
    return (await this.#grants.all()).filter((one) => seesAll || one.principal === principal);
  }

  #mustBeAsked({ opened, askedAt }: BreakGlass): void {
    if (opened !== undefined) throw new GatewayError('bad-request', 'this was opened already; ask anew');
    if (this.#parts.clock.now() - Date.parse(askedAt) > ASKED_MS)
      throw new GatewayError('bad-request', 'this was asked too long ago');
  }

  #askerRefusal(principal: string): string | undefined {
    const { generation, clock } = this.#parts;
    return hubPersonRefusal(generation.value, principal, dateOf(clock.now()), 'any');
  }

  #proofRefusal({ principal }: BreakGlass, signer: string): string | undefined {
    return signer === principal ? this.#askerRefusal(principal) : `${signer} signed, and ${principal} asked`;
  }

  /** Why two persons do not stand for it at this moment. */
  #refusal({ principal, signed }: BreakGlass, second: string): string | undefined {
    const { generation, clock } = this.#parts;
    const today = dateOf(clock.now());
    const refusal = secondPersonRefusal(generation.value, second, principal, today, SECOND_ROLES);
    if (refusal !== undefined) return refusal;
    return signed === undefined ? `${principal} did not sign what was asked` : this.#askerRefusal(principal);
  }

  /** Whose signature it is over a text that was given out for this and is not used up. */
  async #signedNow(purpose: string, signed: Signed): Promise<Signer> {
    const { generation, signerOf } = this.#parts;
    let refusal = NOT_NOW;
    const found = await this.#challenges.take(purpose, async (text) => {
      const one = await signerOf(signed, text, generation.value);
      if ('signer' in one) return one;
      // Over another text it is no wonder that it does not fit.
      if (!one.refusal.startsWith(NOT_GOOD)) refusal = one.refusal;
      return undefined;
    });
    return found ?? { refusal };
  }

  /** Why it is not the one who asked, with what he asked with, who signed now. */
  async #readerRefusal(grant: BreakGlass, path: VPath, signed: Signed): Promise<string | undefined> {
    const { generation, signerOf } = this.#parts;
    const now = await this.#signedNow(readText(grant.id, path), signed);
    if ('refusal' in now) return now.refusal;
    if (now.signer !== grant.principal) return `${now.signer} signed, and ${grant.principal} asked`;
    if (grant.signed === undefined) return NOT_OPEN;
    const then = await signerOf(grant.signed, breakGlassText(grant), generation.value);
    if (!('signer' in then)) return NOT_OPEN;
    return then.proof === now.proof ? undefined : `${grant.principal} asked with another key or certificate`;
  }

  /** Asked again each time: who is shut out meanwhile ends it, whichever of the two he is, and so does a revoked key. */
  async #closedRefusal(grant: BreakGlass, path: VPath): Promise<string | undefined> {
    const { clock, generation, signerOf } = this.#parts;
    const { opened, askedAt, minutes } = grant;
    if (opened === undefined || !isWithin(path, parseVPath(grant.path))) return NOT_OPEN;
    // The first is what was signed and cannot be put off by who writes the file.
    const latest = Date.parse(askedAt) + ASKED_MS + minutes * MINUTE_MS;
    if (clock.now() >= Math.min(latest, Date.parse(opened.until))) return NOT_OPEN;
    const second = await signerOf(opened, breakGlassText(grant), generation.value);
    const isHis = 'signer' in second && second.signer === opened.second;
    return isHis && this.#refusal(grant, opened.second) === undefined ? undefined : NOT_OPEN;
  }
}

function ledgerPathOf(path: VPath): VPath {
  const [top] = partsOf(path);
  return top === 'SHARED' || top === 'quarantine' ? path : parseVPath(`/partners${path}`);
}
