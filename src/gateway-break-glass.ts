import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Audit } from './audit/audit.ts';
import { writeDurably } from './config/durable-file.ts';
import { personOf, secondPersonRefusal } from './config/proposals.ts';
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
  /** Absent until a second person opened it. */
  readonly opened?: { readonly second: string; readonly at: string; readonly until: string } | undefined;
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

/** What the second person signs. */
export function breakGlassText({ id, principal, path, reason, minutes, askedAt }: BreakGlass): string {
  return `sluis break-glass\nid ${id}\nfor ${principal} at ${askedAt}\npath ${path}\nminutes ${minutes}\nreason ${reason}\n`;
}

/** `sluis break-glass ask | open | read | list`, as the running gateway does them. */
export class BreakGlassDesk {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws GatewayError `bad-request` */
  async ask(asked: { principal: string; path: string; reason: string; minutes: number }) {
    const { generation, clock, audit } = this.#parts;
    const { principal, reason, minutes } = asked;
    const { partners, hub } = generation.value;
    const person = personOf(partners, principal);
    if (person === undefined || person.partner.id !== hub || person.account.roles.length === 0) {
      throw new GatewayError('bad-request', `${principal} is no person of the hub with a role`);
    }
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

  /** With the signature of a second person; the data protection officer of the hub is told. @throws GatewayError `bad-request` */
  async open(id: string, signed: Signed) {
    const { generation, clock, audit, logger, signerOf, data } = this.#parts;
    const grant = await this.#find(id);
    const now = clock.now();
    if (grant.opened !== undefined) throw new GatewayError('bad-request', 'this was opened already; ask anew');
    if (now - Date.parse(grant.askedAt) > ASKED_MS)
      throw new GatewayError('bad-request', 'this was asked too long ago');
    const found = await signerOf(signed, breakGlassText(grant), generation.value);
    const refusal =
      'refusal' in found
        ? found.refusal
        : secondPersonRefusal(generation.value, found.signer, grant.principal, dateOf(now), SECOND_ROLES);
    if (refusal !== undefined || !('signer' in found)) {
      await audit.record({
        kind: 'break-glass',
        outcome: 'refused',
        fields: { id, reason: refusal ?? 'nobody signed' },
      });
      throw new GatewayError('bad-request', refusal ?? 'nobody signed');
    }
    const until = new Date(now + grant.minutes * MINUTE_MS).toISOString();
    const opened = { ...grant, opened: { second: found.signer, at: new Date(now).toISOString(), until } };
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
    const { ledger, store, audit, clock, generation } = this.#parts;
    const grant = await this.#find(id);
    const asked = parseVPath(path);
    const fields = { ...fieldsOf(grant), path: asked };
    const person = personOf(generation.value.partners, grant.principal);
    const isOpen = grant.opened !== undefined && clock.now() < Date.parse(grant.opened.until);
    const holds = person !== undefined && !person.account.disabled && person.account.roles.length > 0;
    if (!isOpen || !holds || !isWithin(asked, parseVPath(grant.path))) {
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
