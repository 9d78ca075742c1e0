import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { RecordLogReader } from '../../src/audit/record-log-reader.ts';
import type { ChainedLine } from '../../src/storage/commands.ts';
import { openSqliteReader } from '../../src/storage/sqlite-reader.ts';
import type { AnsweredReceipt, Notification } from './answers.ts';
import { addFlows } from './bad-input-config.ts';
import { eventually } from './eventually.ts';
import { ExchangePlace } from './exchange-place.ts';
import { makeFolder, startIn } from './gateway.ts';
import { quickSettling } from './settle.ts';

/** What came of one file: on the wire, and in the audit log. */
export type Outcome = {
  readonly receipt: AnsweredReceipt;
  readonly notification: Notification | undefined;
  /** The line of its arrival, and the one of its answer. */
  readonly arrived: ChainedLine;
  readonly answered: ChainedLine | undefined;
};

export type Sent = { readonly name: string; readonly flow: string; readonly bytes: string | Uint8Array };

const SENDERS = ['batch@ksz', 'anna@ksz'] as const;
const AT_ONCE = 4; // files of one account
const ANSWERS_AT_ONCE = 8;
const DEADLINE_MS = 90_000;

/** A started gateway with a flow for every format, charset and line end, to which KSZ hands in over SFTP and WebDAV. */
export class BadInputPlace {
  readonly place: ExchangePlace;
  readonly #extensions: ReadonlyMap<string, string>;

  private constructor(place: ExchangePlace, extensions: ReadonlyMap<string, string>) {
    this.place = place;
    this.#extensions = extensions;
  }

  static async open(): Promise<BadInputPlace> {
    const folder = await makeFolder({ 'gateway.yaml': quickSettling });
    const extensions = await addFlows(join(folder, 'config'));
    return new BadInputPlace(ExchangePlace.of(await startIn(folder)), extensions);
  }

  nameOf(flow: string, what: string): string {
    return `${flow} ${what}.${this.#extensions.get(flow)}`;
  }

  /** Hands all of them in, every other one over WebDAV. */
  async send(files: readonly Sent[]): Promise<void> {
    await Promise.all(
      SENDERS.map(async (account, index) => {
        const client = await this.place.client(account);
        const own = files.filter((_, at) => at % SENDERS.length === index);
        await someAtOnce(own, AT_ONCE, ({ name, flow, bytes }) => client.put(`/IN/${flow}/${name}`, bytes));
      }),
    );
  }

  /** Waits until each was answered. @returns by name of the file */
  async outcomes(files: readonly Sent[]): Promise<ReadonlyMap<string, Outcome>> {
    const names = new Set(files.map(({ name }) => name));
    const { arrived, answered } = await eventually('all answers', () => this.#lines(names), DEADLINE_MS);
    const outcomes = new Map<string, Outcome>();
    await someAtOnce(files, ANSWERS_AT_ONCE, async ({ name, flow }) => {
      const line = arrived.get(name);
      if (line === undefined) throw new Error(`no line of ${name}`);
      const mailbox = await this.place.mailbox('batch@ksz', `/OUT/${flow}`);
      const receipt = await mailbox.receipt(name);
      const { ticket, resultCode } = receipt;
      const notification = resultCode === 1 ? await mailbox.notification(name, ticket) : undefined;
      outcomes.set(name, { receipt, notification, arrived: line, answered: answered.get(ticket) });
    });
    return outcomes;
  }

  /** Codes of each record as the record log has them, whose digest stands in the audit line. */
  async recordLog({ fields }: ChainedLine): Promise<ReadonlyMap<number, readonly string[]>> {
    const id = String(fields.recordLog);
    const bytes = await this.#content(id);
    if (createHash('sha256').update(bytes).digest('hex') !== fields.recordLogSha256) throw new Error('another log');
    const codes = new Map<number, readonly string[]>();
    for await (const outcome of new RecordLogReader(Readable.from([bytes])).outcomes())
      codes.set(outcome.record, outcome.codes);
    return codes;
  }

  async #content(contentId: string): Promise<Uint8Array> {
    const { data } = this.place.gateway;
    const reader = openSqliteReader(join(data, 'ledger.sqlite'));
    try {
      const kept = await reader.read({ kind: 'contents', contentIds: [contentId] });
      return kept.get(contentId) ?? (await readFile(join(data, 'content', contentId.slice(0, 2), contentId)));
    } finally {
      await reader.close();
    }
  }

  /** Contents, in files or in the ledger, that nothing in the ledger names. */
  async strayContents(): Promise<readonly string[]> {
    const { data } = this.place.gateway;
    const entries = await readdir(join(data, 'content'), { recursive: true, withFileTypes: true });
    const contentIds = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    const reader = openSqliteReader(join(data, 'ledger.sqlite'));
    try {
      const kept = await reader.read({ kind: 'keptContents', after: 0, limit: 1_000_000 });
      const all = [...contentIds, ...kept.map(({ contentId }) => contentId)];
      const named = await reader.read({ kind: 'namedContents', contentIds: all });
      return all.filter((id) => !named.has(id));
    } finally {
      await reader.close();
    }
  }

  close(): Promise<void> {
    return this.place.close();
  }

  async #lines(names: ReadonlySet<string>) {
    const { audit } = this.place;
    const lines = await audit.all({ kind: 'submission', fields: { partner: 'ksz' } });
    const arrived = new Map(lines.map((line) => [String(line.fields.file), line]));
    const closing = await audit.all({ kind: 'submission-answered', fields: { partner: 'ksz' } });
    const answered = new Map(closing.map((line) => [String(line.fields.ticket), line]));
    const isDone = [...names].every((name) => {
      const line = arrived.get(name);
      return line !== undefined && (line.outcome === 'refused' || answered.has(String(line.fields.ticket)));
    });
    return isDone ? { arrived, answered } : undefined;
  }
}

/** Does it for all, so many at a time. */
export async function someAtOnce<T>(all: readonly T[], width: number, act: (one: T) => Promise<void>): Promise<void> {
  const waiting = all[Symbol.iterator]();
  const lane = async () => {
    for (const one of waiting) await act(one);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
