import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { isWorkingName } from '../domain/arrival.ts';
import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import { asGatewayError, GatewayError } from '../domain/errors.ts';
import type { Generation } from '../domain/generation.ts';
import type { Logger, Metrics } from '../domain/logger.ts';
import type { Account, Partner } from '../domain/partner.ts';
import type { Session } from '../domain/principal.ts';
import { splitRszName } from '../domain/rsz-name.ts';
import { INTAKES } from '../domain/tree.ts';
import { parseVPath, type VPath } from '../domain/vpath.ts';
import type { Uploads } from '../vfs/files.ts';
import { DONE_SUFFIX, type Look, lookAt, takeIn } from './drop-file.ts';

const GROUP_AND_WORLD_WRITE = 0o022;

type Parts = {
  /** `var/drop`; below it `<machine@partner>/<FLOW>/`. */
  readonly directory: string;
  readonly sweepMs: number;
  readonly uploads: Uploads;
  readonly generation: Current<Generation>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

type Folder = {
  readonly partner: Partner;
  readonly account: Account;
  readonly flow: string;
  readonly directory: string;
};

/**
 * The drop folder: a local program hands files in as one registered machine account. What the file watcher says is a
 * hint to look sooner; a sweep every few seconds is the truth. A file is whole when `<name>.done` stands beside it, or
 * when two looks a sweep apart find it unchanged.
 */
export class DropFolder {
  readonly #parts: Parts;
  readonly #looks = new Map<string, Look>();
  readonly #told = new Map<string, number>();
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;
  #again = false;
  #closed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    for (const folder of this.#folders()) await mkdir(folder.directory, { recursive: true, mode: 0o700 });
    this.#watcher = watch(this.#parts.directory, { depth: 3, ignoreInitial: true, followSymlinks: false });
    this.#watcher.on('all', () => this.#hint());
    this.#watcher.on('error', (error) =>
      this.#parts.logger.warn({ err: error }, 'the drop folder watcher failed; sweeps go on'),
    );
    this.#timer = setInterval(() => this.#hint(), this.#parts.sweepMs);
    this.#hint();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#watcher?.close();
    await this.#sweeping;
  }

  #hint(): void {
    if (this.#closed) return;
    this.#again = true;
    this.#sweeping ??= this.#sweepWhileHinted();
  }

  async #sweepWhileHinted(): Promise<void> {
    try {
      while (this.#again && !this.#closed) {
        this.#again = false;
        for (const folder of this.#folders()) await this.#sweep(folder);
      }
    } catch (error) {
      this.#parts.logger.error({ err: error }, 'a sweep of the drop folder failed; the next one comes');
    } finally {
      this.#sweeping = undefined;
    }
  }

  #folders(): readonly Folder[] {
    return this.#parts.generation.value.partners.flatMap((partner) =>
      partner.accounts
        .filter((account) => account.kind === 'machine' && !account.disabled)
        .flatMap((account) =>
          partner.sends.map((flow) => {
            const directory = join(this.#parts.directory, `${account.id}@${partner.id}`, flow);
            return { partner, account, flow, directory };
          }),
        ),
    );
  }

  async #sweep(folder: Folder): Promise<void> {
    let names: string[];
    try {
      await assertTrusted(folder.directory);
      names = await readdir(folder.directory);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) this.#tell(folder.directory, error);
      return;
    }
    for (const name of names.toSorted()) {
      if (this.#closed) return;
      if (isWorkingName(name) || name.endsWith(DONE_SUFFIX)) continue;
      await this.#consider(folder, name, names.includes(`${name}${DONE_SUFFIX}`));
    }
  }

  async #consider(folder: Folder, name: string, done: boolean): Promise<void> {
    const file = join(folder.directory, name);
    try {
      const look = await lookAt(file);
      if (look === undefined || !(done || this.#isQuiet(file, look))) return;
      await takeIn(this.#parts.uploads, sessionOf(folder), file, intakePath(folder, name));
      this.#looks.delete(file);
      this.#told.delete(file);
    } catch (error) {
      this.#tell(file, error);
    }
  }

  /** Unchanged since a look at least one sweep ago. */
  #isQuiet(file: string, look: Look): boolean {
    const before = this.#looks.get(file);
    this.#looks.set(file, look);
    const unchanged =
      before !== undefined &&
      before.inode === look.inode &&
      before.size === look.size &&
      before.modifiedMs === look.modifiedMs;
    return unchanged && this.#parts.clock.now() - look.modifiedMs >= this.#parts.sweepMs;
  }

  /** Says once per minute and file that it was not taken; the file stays where it is. */
  #tell(file: string, error: unknown): void {
    const now = this.#parts.clock.monotonic();
    const { code, message } = asGatewayError(error);
    if (now - (this.#told.get(file) ?? Number.NEGATIVE_INFINITY) < 60_000) return;
    this.#told.set(file, now);
    this.#parts.metrics.count('sluis_drop_refused_total', { reason: code });
    this.#parts.logger.warn({ file, code, reason: message }, 'a dropped file was not taken');
  }
}

/** @throws GatewayError `not-allowed` where others could put files here in the account's name */
async function assertTrusted(directory: string): Promise<void> {
  for (const folder of [directory, join(directory, '..')]) {
    const stats = await lstat(folder);
    if (!stats.isDirectory()) throw new GatewayError('not-allowed', 'a drop folder must be a folder, not a link');
    if ((stats.mode & GROUP_AND_WORLD_WRITE) !== 0) {
      throw new GatewayError('not-allowed', 'a drop folder may be writable by its owner alone (chmod go-w)');
    }
    const own = process.getuid?.();
    if (own !== undefined && own !== 0 && stats.uid !== own) {
      throw new GatewayError('not-allowed', 'a drop folder must belong to the user of the gateway');
    }
  }
}

function sessionOf(folder: Folder): Session {
  return {
    id: randomUUID(),
    principal: { kind: 'machine', id: folder.account.id, partner: folder.partner.id, roles: folder.account.roles },
    protocol: 'watcher',
    accessMethod: 'line',
    remoteAddress: 'local',
    level: 1,
    needs: { level: 1, rule: 'drop-folder' },
    fingerprint: '',
  };
}

/** Where a dropped file goes: the environment of an RSZ name, else R. */
function intakePath(folder: Folder, name: string): VPath {
  const split = splitRszName(name);
  const letter = 'name' in split ? split.name.environment : 'R';
  const top = Object.entries(INTAKES).find(([, environment]) => environment === letter)?.[0] ?? 'IN';
  return parseVPath(folder.partner.layout === 'flat' ? `/${top}/${name}` : `/${top}/${folder.flow}/${name}`);
}
