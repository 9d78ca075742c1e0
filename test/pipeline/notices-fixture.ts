import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { Generation } from '../../src/domain/generation.ts';
import { Signer } from '../../src/evidence/cms.ts';
import { Notices } from '../../src/pipeline/notices.ts';
import { SealedFiles } from '../../src/pipeline/sealed-files.ts';
import { DiskStore } from '../../src/storage/disk-store.ts';
import { SmallStore } from '../../src/storage/small-store.ts';
import { openSqliteLedger } from '../../src/storage/sqlite-ledger.ts';
import { textOf } from '../../src/texts/texts.ts';
import { HandClock, path } from '../storage/ledger-fixture.ts';
import { tempFolder } from '../storage/temp-folder.ts';
import { ecKey, TestCa } from '../support/certificates.ts';
import { generation } from '../support/generation.ts';

/** A signer with a key of its own. */
export async function testSigner(): Promise<Signer> {
  const now = Date.now();
  const key = ecKey();
  const certificate = await (await TestCa.root('Answers', now)).issue(now, { key });
  return Signer.of(key, [certificate], { now: () => now, monotonic: () => 0 });
}

/** A ledger, a clock that is moved by hand, and what watchers tell partners, log and metrics. */
export async function noticePlace(signer: Signer, partners: Generation['partners']) {
  const folder = await tempFolder();
  const clock = new HandClock();
  const ledger = await openSqliteLedger({
    file: join(folder, 'ledger.db'),
    clock,
    onBroken: (error) => {
      throw error;
    },
  });
  onTestFinished(() => ledger.close());
  const disk = new DiskStore({ directory: join(folder, 'content') });
  const store = new SmallStore({ disk, ledger: { ledger, clock } });
  const current = { value: generation({ partners }) };
  const told: { alarms: object[]; counted: unknown[] } = { alarms: [], counted: [] };
  const silent = () => undefined;
  const parts = {
    ...{ ledger, clock, generation: current },
    notices: new Notices({
      sealed: new SealedFiles({ store, ledger, signer: { value: signer } }),
      textOf,
      generation: current,
    }),
    logger: { debug: silent, info: silent, warn: silent, error: (fields: object) => void told.alarms.push(fields) },
    metrics: { count: (...of: unknown[]) => void told.counted.push(of), observe: silent, gauge: silent },
  };
  /** What lies in a mailbox, by name. */
  const files = async (mailbox: string) => {
    const rows = await ledger.read({ kind: 'children', folder: path(mailbox), after: '', limit: 99 });
    const texts = rows.map(async (row) => [row.path.slice(mailbox.length + 1), await text(store.read(row))]);
    return Object.fromEntries(await Promise.all(texts)) as Record<string, string>;
  };
  return { clock, ledger, store, parts, told, files };
}
