import type { Session } from '../domain/principal.ts';
import { childOf, partsOf, ROOT, type VPath } from '../domain/vpath.ts';
import type { Entry, Lock, PropertyName, QuotaState } from '../vfs/files.ts';
import type { DavParts } from './dav-parts.ts';
import { type Resource, resourceOf, type Viewer } from './live-properties.ts';
import type { PropertyQuery } from './propfind.ts';
import { DAV } from './xml.ts';

/** Looks up what a listing tells beyond its entries, only where it is asked for and once for many entries. */
export class ListingFacts {
  readonly viewer: Viewer;
  readonly #session: Session;
  readonly #parts: Pick<DavParts, 'locks' | 'quota'>;
  readonly #wantsLocks: boolean;
  readonly #wantsQuota: boolean;
  readonly #quotas = new Map<string, Promise<QuotaState | undefined>>();
  #inherited: readonly Lock[] = [];
  #own = new Map<VPath, readonly Lock[]>();

  constructor(query: PropertyQuery, session: Session, parts: DavParts) {
    this.viewer = { session, now: parts.clock.now() };
    this.#session = session;
    this.#parts = parts;
    const asked = query.kind === 'names' ? [] : [...query.always, ...query.strict];
    this.#wantsLocks = asked.some((property) => isDav(property, 'lockdiscovery'));
    this.#wantsQuota = asked.some((property) => isDav(property, 'quota-available-bytes', 'quota-used-bytes'));
  }

  async about(entry: Entry): Promise<Resource> {
    const locks = this.#wantsLocks ? await this.#parts.locks.on(this.#session, entry.path) : [];
    return resourceOf(entry, locks, await this.#quotaOf(entry));
  }

  /** Looks up the locks of all children of a folder. */
  async startChildren({ path }: Entry): Promise<void> {
    if (!this.#wantsLocks) return;
    const { locks } = this.#parts;
    this.#inherited = (await locks.on(this.#session, path)).filter(({ depth }) => depth === 'infinity');
    const own = await locks.within(this.#session, path);
    this.#own = Map.groupBy(own, ({ root }) => root);
  }

  /** A child of which nothing need be looked up; undefined for the others. */
  ofChild(entry: Entry): Resource | undefined {
    if (this.#wantsQuota && entry.kind === 'folder') return undefined;
    return resourceOf(entry, this.#locksOfChild(entry), undefined);
  }

  async aboutChild(entry: Entry): Promise<Resource> {
    return resourceOf(entry, this.#locksOfChild(entry), await this.#quotaOf(entry));
  }

  #locksOfChild({ path }: Entry): readonly Lock[] {
    const own = this.#own.get(path);
    return own === undefined ? this.#inherited : [...this.#inherited, ...own];
  }

  /** Room is counted by the two first parts of a path. */
  #quotaOf({ path, kind }: Entry): Promise<QuotaState | undefined> {
    if (!this.#wantsQuota || kind === 'file') return Promise.resolve(undefined);
    const counted = partsOf(path).slice(0, 2).reduce<VPath>(childOf, ROOT);
    const known = this.#quotas.get(counted) ?? this.#parts.quota.of(this.#session, counted);
    this.#quotas.set(counted, known);
    return known;
  }
}

function isDav({ namespace, name }: PropertyName, ...names: readonly string[]): boolean {
  return namespace === DAV && names.includes(name);
}
