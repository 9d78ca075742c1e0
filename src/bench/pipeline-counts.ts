import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RecordLogReader } from '../audit/record-log-reader.ts';
import { DiskStore } from '../storage/disk-store.ts';
import type { BatchCounts } from './pipeline-duckdb.ts';

/** What the record log of an answered batch says, read beside the gateway that wrote it. */
export async function countsOf(data: string, ticket: string): Promise<BatchCounts> {
  const store = new DiskStore({ directory: join(data, 'content') });
  const reader = new RecordLogReader(store.read({ contentId: recordLogOf(join(data, 'ledger.sqlite'), ticket) }));
  let accepted = 0;
  const refused: Record<string, number> = {};
  const routed: Record<string, number> = {};
  for await (const { outcome, codes, receivers } of reader.outcomes()) {
    if (outcome === 'refused') for (const code of codes) refused[code] = (refused[code] ?? 0) + 1;
    else accepted += 1;
    for (const { receiver } of receivers) routed[receiver] = (routed[receiver] ?? 0) + 1;
  }
  await store.close();
  return { accepted, refused, routed };
}

function recordLogOf(ledger: string, ticket: string): string {
  const database = new DatabaseSync(ledger, { readOnly: true });
  const row = database
    .prepare("SELECT body ->> '$.recordLog.contentId' AS id FROM submission WHERE ticket = ?")
    .get(ticket);
  database.close();
  if (typeof row?.id !== 'string') throw new Error(`no record log of ${ticket}`);
  return row.id;
}
