import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

const submissions = z.array(z.strictObject({ ticket: z.string(), fileName: z.string(), state: z.string() }));
const deliveries = z.array(
  z.strictObject({
    ticket: z.string(),
    flow: z.string(),
    receiver: z.string(),
    sequence: z.int(),
    state: z.string(),
    watches: z.int(),
  }),
);
const jobs = z.array(z.strictObject({ queue: z.string(), key: z.string() }));
const frozen = z.array(z.strictObject({ folder: z.string(), name: z.string() }));
const contents = z.array(z.strictObject({ contentId: z.string(), sha256: z.string().nullable() }));
const keptContents = z.array(z.strictObject({ contentId: z.string(), bytes: z.instanceof(Uint8Array) }));
const changes = z.array(z.strictObject({ kind: z.string(), ticket: z.string(), lines: z.int() }));

const FINAL: ReadonlySet<string> = new Set(['accepted', 'partially-accepted', 'rejected', 'quarantined', 'cancelled']);

/** The ledger file of a gateway as any SQLite sees it; the product's own reading is not asked. */
export class LedgerLook {
  readonly #file: string;

  constructor(data: string) {
    this.#file = join(data, 'ledger.sqlite');
  }

  submissions() {
    return submissions.parse(
      this.#rows('SELECT ticket, file_name AS fileName, state FROM submission ORDER BY file_name, ticket'),
    );
  }

  deliveries() {
    return deliveries.parse(
      this.#rows(
        `SELECT ticket, flow, receiver, sequence, state,
           (SELECT count(*) FROM job WHERE queue = 'deliveries' AND key = delivery.id) AS watches
         FROM delivery ORDER BY flow, receiver, sequence`,
      ),
    );
  }

  /** What waits to be done; a delivery is watched for as long as it lies in its mailbox. */
  jobs() {
    return jobs.parse(this.#rows(`SELECT queue, key FROM job WHERE queue <> 'deliveries' ORDER BY queue, key`));
  }

  frozen() {
    return frozen.parse(this.#rows('SELECT folder, name FROM entry WHERE frozen_by IS NOT NULL'));
  }

  /** Audit lines about submissions and deliveries: how many of each kind for each ticket. */
  changes() {
    return changes.parse(
      this.#rows(
        `SELECT kind, fields ->> '$.ticket' AS ticket, count(*) AS lines FROM audit
         WHERE kind IN ('submission', 'submission-again', 'submission-answered', 'delivery') GROUP BY 1, 2 ORDER BY 1, 2`,
      ),
    );
  }

  /** Whether every submission has ended and nothing waits. */
  isQuiet(): boolean {
    return this.jobs().length === 0 && this.submissions().every(({ state }) => FINAL.has(state));
  }

  isClosed(fileName: string): boolean {
    const found = this.submissions().filter((one) => one.fileName === fileName);
    return found.length > 0 && found.every(({ state }) => FINAL.has(state));
  }

  /** Contents that a name or a submission needs, and that are not there or have other bytes. */
  async lostContents(): Promise<readonly string[]> {
    const named = contents.parse(
      this.#rows(
        `SELECT content_id AS contentId, sha256 FROM entry WHERE content_id <> ''
         UNION SELECT content_id, NULL FROM submission_content`,
      ),
    );
    const kept = new Map(
      keptContents
        .parse(this.#rows('SELECT content_id AS contentId, bytes FROM content'))
        .map(({ contentId, bytes }) => [contentId, createHash('sha256').update(bytes).digest('hex')]),
    );
    const lost: string[] = [];
    for (const { contentId, sha256 } of named) {
      const file = join(this.#file, '../content', contentId.slice(0, 2), contentId);
      const found = kept.get(contentId) ?? (await digestOf(file));
      if (found === undefined || (sha256 !== null && found !== sha256)) lost.push(contentId);
    }
    return lost;
  }

  #rows(sql: string): readonly unknown[] {
    const database = new DatabaseSync(this.#file, { readOnly: true });
    try {
      return database
        .prepare(sql)
        .all()
        .map((row) => ({ ...row }));
    } finally {
      database.close();
    }
  }
}

/** Looks at what a killed gateway left, in a copy: the next start must find the files as they are. */
export async function lookAtRemains<T>(data: string, look: (ledger: LedgerLook) => T): Promise<T> {
  const copy = await mkdtemp(join(tmpdir(), 'sluis-remains-'));
  try {
    for (const name of ['ledger.sqlite', 'ledger.sqlite-wal']) await copyFile(join(data, name), join(copy, name));
    return look(new LedgerLook(copy));
  } finally {
    await rm(copy, { recursive: true });
  }
}

async function digestOf(file: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}
