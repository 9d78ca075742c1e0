import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path/posix';
import { bigAddressFile } from '../support/batch-file.ts';
import { eventually } from '../support/eventually.ts';
import type { RunningGateway } from '../support/gateway.ts';
import { type PartnerClient, SftpClient, WebdavClient } from '../support/partner-client.ts';

const SAMPLES = new URL('../fixtures/demo/samples/', import.meta.url);
/** The file is being processed: SSH_FX_PERMISSION_DENIED, 423 Locked. */
const DENIED = 3;
const LOCKED = 423;
const RETRY_MS = 60_000;

/** One file as it is handed in; `file` tells which logical file it belongs to. */
export type HandedIn = {
  readonly file: 'batch' | 'set';
  readonly account: string;
  readonly path: string;
  readonly bytes: Buffer;
};

/** The ADRM batch alone, and the three files of a WLAT set in the order a client sends them. */
export async function filesToHandIn(records: number) {
  const batch = await bigAddressFile(records);
  const attests = await readFile(new URL('4_WLAT_unemployment_attest.jsonl', SAMPLES));
  const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const set = `WLAT.018000.${today}.00001.T`;
  const inSet = { file: 'set', account: 'batch@rva' } as const;
  const files: readonly HandedIn[] = [
    { file: 'batch', account: 'batch@ksz', path: '/IN/ADRM/1_ADRM_big.csv', bytes: batch.bytes },
    { ...inSet, path: `/INTEST/FI.${set}.1.1`, bytes: attests },
    { ...inSet, path: `/INTEST/FS.${set}.1.1`, bytes: Buffer.from('bm90IHZlcmlmaWVk\n') },
    { ...inSet, path: `/INTEST/GO.${set}.1`, bytes: Buffer.alloc(0) },
  ];
  return { batch, files };
}

export function nameOf(one: HandedIn | undefined): string {
  return one?.path.slice(one.path.lastIndexOf('/') + 1) ?? '';
}

/** What the partners wrote down for themselves, outside the gateway. */
export class Journal {
  readonly #acknowledged = new Set<HandedIn>();

  hasAcknowledged(one: HandedIn): boolean {
    return this.#acknowledged.has(one);
  }

  /**
   * Hands in, one after the other, what was not acknowledged. One that is refused because it is being processed has come
   * in after all, and is sent again until it is taken.
   */
  async handIn(partners: Partners, files: readonly HandedIn[]): Promise<void> {
    for (const one of files) {
      if (this.#acknowledged.has(one)) continue;
      await eventually(`${one.path} acknowledged`, () => partners.offer(one), RETRY_MS);
      this.#acknowledged.add(one);
    }
  }

  /** The same bytes once more, as a client does that lost its journal. */
  async handInAgain(partners: Partners, files: readonly HandedIn[]): Promise<void> {
    this.#acknowledged.clear();
    await this.handIn(partners, files);
  }
}

export type MailboxFile = { readonly name: string; readonly bytes: Buffer };

const MAILBOXES = [
  ['batch@ksz', '/OUT/ADRM'],
  ['batch@rjv', '/OUT/ADRM'],
  ['batch@rva', '/OUTTEST'],
  ['batch@kbf', '/OUTTEST/WLAT'],
] as const;

export type Protocol = 'sftp' | 'webdav';

/** The four partners of one running gateway, each on a connection of its own, opened when it is needed. */
export class Partners {
  readonly #gateway: RunningGateway;
  readonly #over: Protocol;
  readonly #clients = new Map<string, PartnerClient>();
  /** Rejects when the gateway ends: a client library may never call back then. */
  readonly #ended: Promise<never>;

  constructor(gateway: RunningGateway, over: Protocol = 'sftp') {
    this.#gateway = gateway;
    this.#over = over;
    this.#ended = gateway.ended.then((status) => {
      throw new Error(`the gateway ended with ${status}`);
    });
    this.#ended.catch(() => undefined);
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
  }

  /** Undefined where it was not taken because the name is being processed. */
  async offer({ file, account, path, bytes }: HandedIn): Promise<true | undefined> {
    if (file === 'batch' && this.#over === 'webdav') return this.#offerOverWebdav(account, path, bytes);
    try {
      await this.#as(account, (client) => client.put(path, bytes));
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === DENIED) return undefined;
      throw error;
    }
  }

  async #offerOverWebdav(account: string, path: string, bytes: Buffer): Promise<true | undefined> {
    const client = await WebdavClient.open(this.#gateway, account);
    try {
      const { status, body } = await Promise.race([client.ask('PUT', path, { body: bytes }), this.#ended]);
      if (status >= 300 && status !== LOCKED) throw new Error(`${path}: ${status} ${body}`);
      return status === LOCKED ? undefined : true;
    } finally {
      client.close();
    }
  }

  /** What stands in the sender's intake folder; undefined where nothing does. */
  async inIntake(one: HandedIn): Promise<Buffer | undefined> {
    return this.#as(one.account, async (client) => {
      const names = await client.list(dirname(one.path));
      return names.includes(nameOf(one)) ? client.get(one.path) : undefined;
    });
  }

  /** Everything in the mailboxes of all four, by account. */
  async fetchMailboxes(): Promise<ReadonlyMap<string, readonly MailboxFile[]>> {
    const found = new Map<string, readonly MailboxFile[]>();
    for (const [account, folder] of MAILBOXES) {
      const files: MailboxFile[] = [];
      await this.#as(account, async (client) => {
        for (const name of await client.list(folder))
          files.push({ name, bytes: await client.get(`${folder}/${name}`) });
      });
      found.set(account, files);
    }
    return found;
  }

  async #as<T>(account: string, work: (client: PartnerClient) => Promise<T>): Promise<T> {
    const known = this.#clients.get(account);
    const client = known ?? (await Promise.race([SftpClient.open(this.#gateway, account), this.#ended]));
    this.#clients.set(account, client);
    return Promise.race([work(client), this.#ended]);
  }
}
