import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path/posix';
import { bigAddressFile } from '../support/batch-file.ts';
import { eventually } from '../support/eventually.ts';
import type { RunningGateway } from '../support/gateway.ts';
import { SftpClient } from '../support/partner-client.ts';

const SAMPLES = new URL('../fixtures/demo/samples/', import.meta.url);
const DENIED = 3; // SSH_FX_PERMISSION_DENIED: the file is being processed
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
  async handIn(gateway: RunningGateway, files: readonly HandedIn[]): Promise<void> {
    for (const one of files) {
      if (this.#acknowledged.has(one)) continue;
      await eventually(
        `${one.path} acknowledged`,
        () => withClient(gateway, one.account, (client) => taken(client, one)),
        RETRY_MS,
      );
      this.#acknowledged.add(one);
    }
  }

  /** The same bytes once more, as a client does that lost its journal. */
  async handInAgain(gateway: RunningGateway, files: readonly HandedIn[]): Promise<void> {
    this.#acknowledged.clear();
    await this.handIn(gateway, files);
  }
}

/** Undefined where it was not taken because it is being processed. */
async function taken(client: SftpClient, one: HandedIn): Promise<true | undefined> {
  try {
    await client.put(one.path, one.bytes);
    return true;
  } catch (error) {
    if (statusOf(error) === DENIED) return undefined;
    throw error;
  }
}

/** What stands in the sender's intake folder; undefined where nothing does. */
export async function inIntake(gateway: RunningGateway, one: HandedIn): Promise<Buffer | undefined> {
  return withClient(gateway, one.account, async (client) => {
    const names = await client.list(dirname(one.path));
    return names.includes(nameOf(one)) ? client.get(one.path) : undefined;
  });
}

export type MailboxFile = { readonly name: string; readonly bytes: Buffer };

const MAILBOXES = [
  ['batch@ksz', '/OUT/ADRM'],
  ['batch@rjv', '/OUT/ADRM'],
  ['batch@rva', '/OUTTEST'],
  ['batch@kbf', '/OUTTEST/WLAT'],
] as const;

/** Everything in the mailboxes of all four partners, by account. */
export async function fetchMailboxes(gateway: RunningGateway): Promise<ReadonlyMap<string, readonly MailboxFile[]>> {
  const found = new Map<string, readonly MailboxFile[]>();
  for (const [account, folder] of MAILBOXES) {
    const files = await withClient(gateway, account, async (client) => {
      const fetched: MailboxFile[] = [];
      for (const name of await client.list(folder))
        fetched.push({ name, bytes: await client.get(`${folder}/${name}`) });
      return fetched;
    });
    found.set(account, files);
  }
  return found;
}

/** @throws Error where the gateway ends meanwhile: a client library may never call back then */
async function withClient<T>(
  gateway: RunningGateway,
  account: string,
  work: (client: SftpClient) => Promise<T>,
): Promise<T> {
  const ended = gateway.ended.then((status) => {
    throw new Error(`the gateway ended with ${status}`);
  });
  const client = await Promise.race([SftpClient.open(gateway, account), ended]);
  try {
    return await Promise.race([work(client), ended]);
  } finally {
    client.close();
  }
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
