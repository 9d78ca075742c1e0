import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

const files = z.array(
  z.strictObject({ folder: z.string(), name: z.string(), contentId: z.string(), size: z.int(), ticket: z.string() }),
);
const kept = z.array(z.strictObject({ bytes: z.instanceof(Uint8Array) }));

/** Longer ones have no ticket in them: they are digested as they are. */
const MOST_TEXT_BYTES = 64 * 1024 * 1024;
const LOG_HEAD_BYTES = 12;

/**
 * What a gateway that has ended leaves in its mailboxes, and the log of its records: a line for each, with the digest of its
 * bytes. Braces stand for what no two runs share: ticket, times, configuration. Signatures are left out.
 */
export async function leftBy(data: string): Promise<readonly string[]> {
  const ledger = new DatabaseSync(join(data, 'ledger.sqlite'), { readOnly: true });
  try {
    const found = files.parse(
      ledger
        .prepare(
          `SELECT folder, name, content_id AS contentId, size, (SELECT ticket FROM submission) AS ticket FROM entry
           WHERE kind = 'file' AND folder LIKE '%/OUT/%' AND name NOT LIKE '%.p7s'
           UNION ALL SELECT '', 'record log', body ->> '$.recordLog.contentId', body ->> '$.recordLog.size', ticket
           FROM submission ORDER BY 1, 2`,
        )
        .all()
        .map((row) => ({ ...row })),
    );
    const lines: string[] = [];
    for (const { folder, name, contentId, size, ticket } of found) {
      const digest = await digestOf(ledger, data, { contentId, size, ticket, isLog: folder === '' });
      lines.push(`${folder}/${name.replaceAll(ticket, '{ticket}')} ${digest}`);
    }
    return lines;
  } finally {
    ledger.close();
  }
}

type Content = {
  readonly contentId: string;
  readonly size: number;
  readonly ticket: string;
  readonly isLog: boolean;
};

async function digestOf(ledger: DatabaseSync, data: string, content: Content): Promise<string> {
  const { contentId, size, ticket, isLog } = content;
  const file = join(data, 'content', contentId.slice(0, 2), contentId);
  const [own] = kept.parse(
    ledger
      .prepare('SELECT bytes FROM content WHERE content_id = ?')
      .all(contentId)
      .map((row) => ({ ...row })),
  );
  const hash = createHash('sha256');
  if (own === undefined && (size > MOST_TEXT_BYTES || isLog)) {
    await pipeline(createReadStream(file, { start: isLog ? await logHeadOf(file) : 0 }), hash);
    return `${isLog ? 'entries' : size} ${hash.digest('hex')}`;
  }
  const text = Buffer.from(own?.bytes ?? (await readFile(file))).toString('latin1');
  return hash.update(plain(text, ticket)).digest('hex');
}

/** Where the entries of a record log begin: its head names ticket and times. */
async function logHeadOf(file: string): Promise<number> {
  const head: Buffer[] = [];
  for await (const piece of createReadStream(file, { end: LOG_HEAD_BYTES - 1 })) head.push(piece);
  return LOG_HEAD_BYTES + Buffer.concat(head).readUInt32LE(LOG_HEAD_BYTES - 4);
}

function plain(text: string, ticket: string): string {
  return text
    .replaceAll(ticket, '{ticket}')
    .replace(/("generation": ")[0-9a-f]{64}/g, '$1{generation}')
    .replace(/("receivedAt": ")[^"]+/g, '$1{time}');
}
