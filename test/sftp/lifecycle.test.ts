import { afterEach, expect, test } from 'vitest';
import { PACKET } from '../../src/sftp/codec.ts';
import type { Uploads } from '../../src/vfs/files.ts';
import { CREATE_NEW, connect, gone, OK, RawSftp, readAnswer } from './raw-client.ts';
import { type FixtureOptions, type SftpFixture, startSftp } from './sftp-fixture.ts';

let fixture: SftpFixture | undefined;
afterEach(() => fixture?.close());

async function start(options: FixtureOptions): Promise<SftpFixture> {
  fixture = await startSftp(options);
  return fixture;
}

test('a session that asks nothing is ended after the idle time, one that asks is not', async () => {
  const started = await start({ limits: { idleTimeoutSeconds: 1 } });
  const [idle, busy] = await Promise.all([RawSftp.open(started), RawSftp.open(started)]);
  let ended = false;
  const closed = gone(idle.client).then(() => {
    ended = true;
  });
  while (!ended) await busy.stat('/SHARED/work');
  await closed;
  expect((await busy.stat('/SHARED/work')).type).toBe(PACKET.ATTRS);
  busy.client.end();
});

test('closing the listener lets the request in hand be answered and takes nobody in', async () => {
  let commits = 0;
  let release = () => {};
  const slowCommits = (uploads: Uploads): Uploads => ({
    resume: (...call) => uploads.resume(...call),
    held: (...call) => uploads.held(...call),
    unfinished: (...call) => uploads.unfinished(...call),
    forget: (...call) => uploads.forget(...call),
    begin: async (...call) => {
      const upload = await uploads.begin(...call);
      const commit = upload.commit.bind(upload);
      upload.commit = async (options) => {
        commits += 1;
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        return commit(options);
      };
      return upload;
    },
  });
  const started = await start({ wrapUploads: slowCommits });
  const sftp = await RawSftp.open(started);
  const handle = await sftp.handle('/SHARED/work/last', CREATE_NEW);
  sftp.send(PACKET.CLOSE, (w) => w.string(handle));
  sftp.send(PACKET.STAT, (w) => w.string('/'));
  await expect.poll(() => commits).toBe(1);
  const closed = started.listener.close();
  await expect(connect(started)).rejects.toThrow();
  release();
  expect(readAnswer(await sftp.next()).code).toBe(OK);
  expect(await sftp.next()).toBeUndefined();
  await closed;
});

test('closing the listener does not wait for a client that says nothing beyond its deadline', async () => {
  const started = await start({});
  const net = await import('node:net');
  const silent = net.connect({ port: started.port, host: '127.0.0.1', allowHalfOpen: true });
  await new Promise((resolve) => silent.once('data', resolve));
  await started.listener.close(200);
  silent.destroy();
});

test('one session can be cut by its id, and the others go on', async () => {
  const started = await start({});
  const [one, two] = [await RawSftp.open(started, 'batch@ksz'), await RawSftp.open(started, 'batch@rjv')];
  const id = started.listener.sessions().find(({ principal }) => principal.partner === 'ksz')?.id ?? '';
  const closed = gone(one.client);
  expect(started.listener.cut(id)).toBe(true);
  await closed;
  expect(started.listener.cut(id)).toBe(false);
  expect((await two.stat('/SHARED/work')).type).toBe(PACKET.ATTRS);
  two.client.end();
});
