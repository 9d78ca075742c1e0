import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientV2 } from '../support/proxy-headers.ts';
import { type SftpFixture, startSftp } from './sftp-fixture.ts';

const PROXY = '127.0.0.2';
let sftp: SftpFixture;

beforeAll(async () => {
  sftp = await startSftp({ proxies: [PROXY] });
});
afterAll(() => sftp.close());

/** @returns why the login failed, or undefined */
async function login(header: Buffer, from: string): Promise<string | undefined> {
  const socket = connect({ host: '127.0.0.1', port: sftp.port, localAddress: from });
  socket.on('error', () => undefined);
  socket.write(header);
  const client = new ssh2.Client();
  const privateKey = await readFile(join(sftp.folder, 'batch@ksz'));
  const result = await new Promise<string | undefined>((resolve) => {
    client.on('error', (error) => resolve(error.message));
    client.on('close', () => resolve('closed'));
    client.on('ready', () => resolve(undefined));
    client.connect({ sock: socket, username: 'batch@ksz', privateKey });
  });
  const ended = socket.destroyed ? undefined : once(socket, 'close');
  client.end();
  await ended;
  return result;
}

test('whoever a listed proxy brings logs in by his own address', async () => {
  for (let count = 0; count < 5; count += 1) {
    expect(await login(clientV2('127.0.0.1'), PROXY)).toBeUndefined();
    expect(await login(Buffer.from('PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n'), PROXY)).toBeUndefined();
  }
  expect(await login(clientV2('127.0.0.3'), PROXY)).toBe('All configured authentication methods failed');
});

test('a header from elsewhere, or a second one, is refused', async () => {
  const header = clientV2('127.0.0.1');
  await login(header, '127.0.0.4');
  await login(Buffer.concat([header, header]), PROXY);
  expect(sftp.lines.map(({ fields }) => [fields.reason, fields.address])).toEqual([
    ['proxy-header-forged', '127.0.0.4'],
    ['proxy-header-forged', '127.0.0.1'],
  ]);
});
