import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderAuthorizer } from '../../src/access/authorizer.ts';
import { AuditLog } from '../../src/audit/audit-log.ts';
import { systemClock } from '../../src/domain/clock.ts';
import type { Generation } from '../../src/domain/generation.ts';
import type { Insz } from '../../src/domain/insz.ts';
import type { ChainedLine } from '../../src/storage/commands.ts';
import { DiskStore } from '../../src/storage/disk-store.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import { SmallStore } from '../../src/storage/small-store.ts';
import { openSqliteLedger } from '../../src/storage/sqlite-ledger.ts';
import { Vfs } from '../../src/vfs/vfs.ts';
import { generation } from './generation.ts';

/** The file tree on a real store and ledger in a folder of its own. */
export type TreeParts = {
  readonly vfs: Vfs;
  readonly ledger: Ledger;
  readonly store: SmallStore;
  /** May be replaced: the next request decides by it. */
  readonly current: { value: Generation };
  readonly arrivals: { count: number };
  /** Ends the log, so that every line stands in it. */
  auditLines(): Promise<readonly ChainedLine[]>;
  close(): Promise<void>;
};

export async function openTree(
  value: Generation = generation(),
  isKnownPerson?: (person: Insz) => boolean,
): Promise<TreeParts> {
  const directory = await mkdtemp(join(tmpdir(), 'sluis-tree-'));
  const broken: Error[] = [];
  const ledger = await openSqliteLedger({
    file: join(directory, 'ledger.sqlite'),
    onBroken: (error) => broken.push(error),
  });
  const disk = new DiskStore({ directory: join(directory, 'content') });
  const store = new SmallStore({ disk, ledger: { ledger, clock: systemClock } });
  const audit = await AuditLog.open({
    ledger,
    directory: join(directory, 'audit'),
    clock: systemClock,
    onBroken: (error: Error) => broken.push(error),
  });
  const current = { value };
  const arrivals = { count: 0 };
  const authorizer = new FolderAuthorizer(current, () => Date.now());
  const onArrival = () => {
    arrivals.count += 1;
  };
  const parts = { store, ledger, authorizer, audit, generation: current, clock: systemClock, onArrival };
  const vfs = new Vfs({ ...parts, isKnownPerson });
  return {
    vfs,
    ledger,
    store,
    current,
    arrivals,
    auditLines: async () => {
      await audit.close();
      return ledger.read({ kind: 'auditLines', from: 1, limit: 10_000 });
    },
    close: async () => {
      await audit.close();
      await ledger.close();
      await rm(directory, { recursive: true });
      if (broken.length > 0) throw broken[0];
    },
  };
}
