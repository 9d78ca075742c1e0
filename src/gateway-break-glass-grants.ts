import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from './config/durable-file.ts';
import { GatewayError } from './domain/errors.ts';
import type { VPath } from './domain/vpath.ts';
import type { Signed } from './gateway-approvers.ts';

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

/** What both sign. */
export function breakGlassText({ id, principal, path, reason, minutes, askedAt }: BreakGlass): string {
  return `sluis break-glass\nid ${id}\nfor ${principal} at ${askedAt}\npath ${path}\nminutes ${minutes}\nreason ${reason}\n`;
}

/** What is signed to read one file, above the nonce. */
export function readText(id: string, path: VPath): string {
  return `sluis break-glass read\nid ${id}\npath ${path}`;
}

export function fieldsOf({ id, principal, path, reason, minutes, systemUser }: BreakGlass) {
  return { id, principal, path, reason, minutes, systemUser };
}

/** What was asked for, each in a file of the data folder. What stands there opens nothing by itself: signatures do. */
export class Grants {
  readonly #folder: string;

  constructor(data: string) {
    this.#folder = join(data, 'break-glass');
  }

  /** The newest first. */
  async all(): Promise<readonly BreakGlass[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const files = names.filter((name) => /^[0-9a-f-]{36}\.json$/.test(name));
    const all = await Promise.all(files.map(async (name) => parse(await readFile(join(this.#folder, name), 'utf8'))));
    return all.toSorted((a, b) => (a.askedAt < b.askedAt ? 1 : -1));
  }

  /** @throws GatewayError `not-found` */
  async find(id: string): Promise<BreakGlass> {
    const found = (await this.all()).find((one) => one.id === id);
    if (found === undefined) throw new GatewayError('not-found', `there is no break-glass ${id}`);
    return found;
  }

  async save(grant: BreakGlass): Promise<void> {
    await writeDurably(join(this.#folder, `${grant.id}.json`), `${JSON.stringify(grant, undefined, 2)}\n`);
  }
}

/** A file of our own. */
function parse(text: string): BreakGlass {
  return JSON.parse(text) as BreakGlass;
}
