import { randomBytes } from 'node:crypto';
import { type EventEmitter, once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { PACKET } from '../../src/sftp/codec.ts';
import { RawSftp } from './raw-client.ts';
import { type SftpFixture, startSftp } from './sftp-fixture.ts';

type OpenSftp = Awaited<ReturnType<typeof RawSftp.open>>;

const HOUR_MS = 3_600_000;

let fixture: SftpFixture | undefined;
afterEach(() => fixture?.close());

async function rekeysOf(
  rekey: { bytes: number; ms: number },
  work: (sftp: OpenSftp) => Promise<unknown>,
): Promise<number> {
  fixture = await startSftp({ rekey });
  const sftp = await RawSftp.open(fixture);
  let rekeys = 0;
  emitter(sftp).on('handshake', () => {
    rekeys += 1;
  });
  await work(sftp);
  sftp.client.end();
  return rekeys;
}

/** ssh2 as client tells each key exchange, and this one is not in its types. */
function emitter({ client }: OpenSftp): EventEmitter {
  return client;
}

async function stat(sftp: RawSftp, times: number): Promise<void> {
  for (let left = times; left > 0; left -= 1) expect((await sftp.stat('/SHARED/work')).type).toBe(PACKET.ATTRS);
}

test('the server renews the keys after an amount of bytes, and before it does not', async () => {
  expect(await rekeysOf({ bytes: 20_000, ms: HOUR_MS }, (sftp) => stat(sftp, 400))).toBeGreaterThan(1);
  await fixture?.close();
  expect(await rekeysOf({ bytes: 2_000_000, ms: HOUR_MS }, (sftp) => stat(sftp, 400))).toBe(0);
});

test('the server renews the keys after a time, also of a client that says nothing', async () => {
  const renewed = (sftp: OpenSftp) => once(emitter(sftp), 'handshake');
  expect(await rekeysOf({ bytes: 1e9, ms: 100 }, renewed)).toBe(1);
});

test.each(['aes128-gcm@openssh.com', 'chacha20-poly1305@openssh.com', 'aes256-ctr'])(
  'OpenSSH goes on with its transfers while the server renews the keys of %s',
  async (cipher) => {
    fixture = await startSftp({ rekey: { bytes: 400_000, ms: HOUR_MS } });
    const bytes = randomBytes(3_000_000);
    await writeFile(join(fixture.folder, 'large'), bytes);
    const commands = ['put large /SHARED/work/large', 'get /SHARED/work/large large.back'];
    await fixture.batch('batch@ksz', commands, ['-c', cipher]);
    expect((await readFile(join(fixture.folder, 'large.back'))).equals(bytes)).toBe(true);
  },
);
