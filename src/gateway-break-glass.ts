import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Audit } from './audit/audit.ts';
import { writeDurably } from './config/durable-file.ts';
import { hubPersonRefusal, secondPersonRefusal } from './config/proposals.ts';
import type { Clock } from './domain/clock.ts';
import type { Current } from './domain/current.ts';
import { GatewayError } from './domain/errors.ts';
import type { Generation } from './domain/generation.ts';
import type { Logger } from './domain/logger.ts';
import { dateOf } from './domain/period.ts';
import { isWithin, parseVPath, partsOf, type VPath } from './domain/vpath.ts';
import type { Signed, SignerOf } from './gateway-approvers.ts';
import type { ContentStore } from './storage/content-store.ts';
import type { Ledger } from './storage/ledger.ts';

type Proof = Signed & { readonly at: string };

/** A look into the content of files that no role at the hub gives: for a reason, for a time, with a second person. */
export type BreakGlass = {
  readonly id: string;
  readonly principal: string;
  /** `/rjv/OUT/ADRM`, `/SHARED/work`, `/quarantine/<id>`: this and what lies below. */
  readonly path: string;
  readonly reason: string;
  readonly minutes: number;
  /** ISO 8601, UTC. */
  readonly askedAt: string;
  readonly systemUser: string;
  /** By the one who asked: a name alone could be anybody's, the second person's too. */
  readonly signed?: Proof | undefined;
  /** Absent until a second person opened it. */
  readonly opened?: (Proof & { readonly second: string; readonly until: string }) | undefined;
};

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

/** What both sign. */
export function breakGlassText({ id, principal, path, reason, minutes, askedAt }: BreakGlass): string {
  return `sluis break-glass\nid ${id}\nfor ${principal} at ${askedAt}\npath ${path}\nminutes ${minutes}\nreason ${reason}\n`;
}

/** `sluis break-glass ask | prove | open | read | list`, as the running gateway does them. */
export class BreakGlassDesk {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
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
    await this.#save(grant);
    return { ...grant, toSign: breakGlassText(grant) };
  }

  /** What was asked for, and what is to be signed. */
  async asked(id: string) {
    const grant = await this.#find(id);
    return { ...grant, toSign: breakGlassText(grant) };
  }

  /** With the signature of the one who asked. @throws GatewayError `bad-request` where it is somebody else's */
  async prove(id: string, signed: Signed) {
    const { generation, clock, audit, signerOf } = this.#parts;
    const grant = await this.#find(id);
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
    await this.#save(proven);
    return { ...proven, toSign: breakGlassText(proven) };
  }

  /** With the signature of a second person, where the first one signed; the data protection officer of the hub is told. @throws GatewayError `bad-request` */
  async open(id: string, signed: Signed) {
    const { generation, clock, audit, logger, signerOf, data } = this.#parts;
    const grant = await this.#find(id);
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
    await this.#save(opened);
    logger.warn({ ...fields, notice }, 'break-glass was opened: the data protection officer of the hub is to be told');
    return opened;
  }

  /** Copies one file to the disk, where it was opened and not ended. @throws GatewayError `not-allowed`, `not-found` */
  async read(id: string, path: string, to: string): Promise<{ readonly size: number; readonly sha256: string }> {
    const { ledger, store, audit, clock } = this.#parts;
    const grant = await this.#find(id);
    const asked = parseVPath(path);
    const fields = { ...fieldsOf(grant), path: asked };
    const { opened } = grant;
    const isOpen = opened !== undefined && clock.now() < Date.parse(opened.until);
    // Asked again each time: who is shut out meanwhile ends it, whichever of the two he is.
    const holds = isOpen && this.#refusal(grant, opened.second) === undefined;
    if (!holds || !isWithin(asked, parseVPath(grant.path))) {
      await audit.record({ kind: 'break-glass-read', outcome: 'refused', fields });
      throw new GatewayError('not-allowed', 'break-glass is not open for this, or not any more');
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

  /** The newest first, ended ones too. */
  async list(): Promise<readonly BreakGlass[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const files = names.filter((name) => /^[0-9a-f-]{36}\.json$/.test(name));
    const all = await Promise.all(files.map(async (name) => parse(await readFile(join(this.#folder, name), 'utf8'))));
    return all.toSorted((a, b) => (a.askedAt < b.askedAt ? 1 : -1));
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

  get #folder(): string {
    return join(this.#parts.data, 'break-glass');
  }

  async #find(id: string): Promise<BreakGlass> {
    const found = (await this.list()).find((one) => one.id === id);
    if (found === undefined) throw new GatewayError('not-found', `there is no break-glass ${id}`);
    return found;
  }

  async #save(grant: BreakGlass): Promise<void> {
    await writeDurably(join(this.#folder, `${grant.id}.json`), `${JSON.stringify(grant, undefined, 2)}\n`);
  }
}

function ledgerPathOf(path: VPath): VPath {
  const [top] = partsOf(path);
  return top === 'SHARED' || top === 'quarantine' ? path : parseVPath(`/partners${path}`);
}

function fieldsOf({ id, principal, path, reason, minutes, systemUser }: BreakGlass) {
  return { id, principal, path, reason, minutes, systemUser };
}

/** A file of our own. */
function parse(text: string): BreakGlass {
  return JSON.parse(text) as BreakGlass;
}
