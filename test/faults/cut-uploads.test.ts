import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { type PartnerClient, SftpClient, WebdavClient } from '../support/partner-client.ts';
import { openTls } from '../support/raw-sockets.ts';
import { unfinishedContents } from '../support/remains.ts';

const FOLDER = '/SHARED/work';
const SFTP_CUTS = 40;
const WEBDAV_CUTS = 60;
const LEAST_CUTS = 90;
const LEAST_READS = 200;
/** Writers go on until so much was read, but no longer than this many times as long. */
const MOST_ROUNDS = 6;
const LONG_MS = 240_000;

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
});

/** Bytes that tell which version they are: any other bytes are no version, or not the whole of one. */
function contentOf(version: number): Buffer {
  const line = Buffer.from(`version ${version.toString().padStart(6, '0')}\n`);
  return Buffer.alloc(line.length * (20_000 + 300 * version), line);
}

/** One name, what its writer knows of it, and what readers saw. */
class WatchedName {
  readonly path: string;
  cuts = 0;
  reads = 0;
  begun = 0;
  acknowledged = 0;

  constructor(name: string) {
    this.path = `${FOLDER}/${name}`;
  }

  /** Sends each version twice, and the first time is cut; goes on while readers have not seen enough. */
  async write(versions: number, whole: PartnerClient, cut: (bytes: Buffer, version: number) => Promise<boolean>) {
    const goesOn = (version: number) => this.reads < LEAST_READS / 2 && version <= versions * MOST_ROUNDS;
    for (let version = 1; version <= versions || goesOn(version); version += 1) {
      this.begun = version;
      if (await cut(contentOf(version), version)) this.cuts += 1;
      await whole.put(this.path, contentOf(version));
      this.acknowledged = version;
    }
  }

  /** Lists and reads once. What is seen is absent or one whole version, no older than was acknowledged before. */
  async read(reader: PartnerClient): Promise<void> {
    const atLeast = this.acknowledged;
    const names = await reader.list(FOLDER);
    if (!names.includes(this.path.slice(FOLDER.length + 1))) {
      expect(atLeast).toBe(0);
      return;
    }
    const seen = await reader.get(this.path);
    this.reads += 1;
    const version = Number(/^version (\d{6})\n/.exec(seen.subarray(0, 20).toString())?.[1]);
    expect(version).toBeGreaterThanOrEqual(atLeast);
    expect(version).toBeLessThanOrEqual(this.begun);
    expect(seen.equals(contentOf(version)), `${this.path} shows a part of version ${version}`).toBe(true);
  }
}

/** @returns whether it was cut before it was acknowledged */
async function cutOverSftp(path: string, bytes: Buffer, version: number): Promise<boolean> {
  const client = await SftpClient.open(gateway, 'batch@ksz');
  let isAcknowledged = false;
  const sent = client.put(path, bytes).then(
    () => {
      isAcknowledged = true;
    },
    () => undefined,
  );
  for (let turns = (version * 7) % 50; turns > 0; turns -= 1) await turn();
  const wasCut = !isAcknowledged;
  client.cut();
  await Promise.race([sent, turn()]); // the library never answers for a connection that is gone
  return wasCut;
}

async function cutOverWebdav(path: string, bytes: Buffer, version: number): Promise<boolean> {
  const socket = await openTls(gateway, 'anna@ksz');
  const part = bytes.subarray(0, Math.floor((bytes.length * ((version * 37) % 100)) / 100));
  const isChunked = version % 2 === 0;
  const framing = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${bytes.length}`;
  const body = isChunked ? [Buffer.from(`${bytes.length.toString(16)}\r\n`), part] : [part];
  const head = Buffer.from(`PUT /files${path} HTTP/1.1\r\nHost: localhost\r\n${framing}\r\n\r\n`);
  await new Promise<void>((resolve) => socket.write(Buffer.concat([head, ...body]), () => resolve()));
  for (let turns = version % 5; turns > 0; turns -= 1) await turn();
  socket.destroy();
  return true;
}

test(
  'whoever lists and reads while uploads are cut and repeated sees absent or whole files',
  async () => {
    const [bySftp, byWebdav] = [new WatchedName('by-sftp.bin'), new WatchedName('by-webdav.bin')];
    const writers = [
      await SftpClient.open(gateway, 'batch@ksz'),
      await WebdavClient.open(gateway, 'anna@ksz'),
    ] as const;
    const readers = [await SftpClient.open(gateway, 'batch@rjv'), await WebdavClient.open(gateway, 'anna@rjv')];
    let isWriting = true;
    const writing = Promise.all([
      bySftp.write(SFTP_CUTS, writers[0], (bytes, version) => cutOverSftp(bySftp.path, bytes, version)),
      byWebdav.write(WEBDAV_CUTS, writers[1], (bytes, version) => cutOverWebdav(byWebdav.path, bytes, version)),
    ]).finally(() => {
      isWriting = false;
    });
    const reading = readers.map(async (reader) => {
      while (isWriting) for (const name of [bySftp, byWebdav]) await name.read(reader);
    });
    await Promise.all([writing, ...reading]);
    for (const reader of readers) for (const name of [bySftp, byWebdav]) await name.read(reader);
    for (const client of [...writers, ...readers]) client.close();
    expect(bySftp.acknowledged).toBeGreaterThanOrEqual(SFTP_CUTS);
    expect(byWebdav.acknowledged).toBeGreaterThanOrEqual(WEBDAV_CUTS);
    expect([bySftp.acknowledged, byWebdav.acknowledged]).toEqual([bySftp.begun, byWebdav.begun]);
    expect(bySftp.cuts + byWebdav.cuts).toBeGreaterThanOrEqual(LEAST_CUTS);
    expect(bySftp.reads + byWebdav.reads).toBeGreaterThanOrEqual(LEAST_READS);
    // The last one that was cut over SFTP may be gone on with.
    await eventually('the bytes of cut uploads to go', async () =>
      (await unfinishedContents(gateway)) <= 1 ? true : undefined,
    );
  },
  LONG_MS,
);
