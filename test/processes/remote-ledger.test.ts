import { chmod, stat } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { LinkLimits } from '../../src/processes/link.ts';
import { joinOwner, OwnerSocket } from '../../src/processes/owner-socket.ts';
import { answerLedger, RemoteLedger } from '../../src/processes/remote-ledger.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import { openSqliteLedger } from '../../src/storage/sqlite-ledger.ts';
import { ledgerContract } from '../storage/ledger.contract.ts';
import { audit, HandClock, type OpenLedger, path, publish } from '../storage/ledger-fixture.ts';
import { tempFolder } from '../storage/temp-folder.ts';

const WORD = 'a word that only processes of this gateway know';
const WORD_ON_WIRE = WORD.replaceAll(' ', '-');

function throwIt(error: Error): never {
  throw error;
}

async function ownerOf(ledger: Ledger, folder: string, ask?: (method: string) => Promise<void>): Promise<OwnerSocket> {
  const owner = new OwnerSocket({
    path: join(folder, 'owner.sock'),
    word: WORD_ON_WIRE,
    welcome: () => ({
      call: async (method, argument) => {
        await ask?.(method);
        return answerLedger(ledger, method, argument);
      },
      tell: () => undefined,
      ended: () => undefined,
    }),
  });
  await owner.listen();
  return owner;
}

async function remoteIn(folder: string, limits?: Partial<LinkLimits>, ended: (why: string) => void = () => undefined) {
  const place = { path: join(folder, 'owner.sock'), word: WORD_ON_WIRE, name: 'worker-1' };
  const link = await joinOwner(place, { call: async () => undefined, tell: () => undefined, ended }, limits);
  return { link, ledger: new RemoteLedger(link) };
}

/** The whole way: a client, a socket, the owner's ledger. */
const open: OpenLedger = async ({ folder, clock }) => {
  const own = await openSqliteLedger({ file: join(folder, 'ledger.db'), clock, onBroken: throwIt });
  const owner = await ownerOf(own, folder);
  const { ledger } = await remoteIn(folder);
  const close = async () => {
    await ledger.close();
    await owner.close();
    await own.close();
  };
  return {
    commit: (commands) => ledger.commit(commands),
    read: (query) => ledger.read(query),
    claim: (queue, worker, max, leaseMs) => ledger.claim(queue, worker, max, leaseMs),
    extend: (leases, leaseMs) => ledger.extend(leases, leaseMs),
    close,
  };
};

ledgerContract(open);

async function owned(ask?: (method: string) => Promise<void>) {
  const folder = await tempFolder();
  const own = await openSqliteLedger({ file: join(folder, 'ledger.db'), clock: new HandClock(), onBroken: throwIt });
  const owner = await ownerOf(own, folder, ask);
  onTestFinished(async () => {
    await owner.close();
    await own.close();
  });
  return { folder, own, owner };
}

test('bytes, maps and big numbers arrive as what they are', async () => {
  const { folder } = await owned();
  const { ledger, link } = await remoteIn(folder);
  const bytes = new Uint8Array(100_000).fill(7);
  const payload = { bytes, names: new Map([['a', [1, 2]]]), version: 2n ** 60n };
  await ledger.commit([publish('/a'), audit({ n: 1 })]);
  const echo = new OwnerSocket({
    path: join(folder, 'echo.sock'),
    word: WORD_ON_WIRE,
    welcome: () => ({ call: async (_, value) => value, tell: () => undefined, ended: () => undefined }),
  });
  await echo.listen();
  const place = { path: join(folder, 'echo.sock'), word: WORD_ON_WIRE, name: 'worker-1' };
  const other = await joinOwner(place, { call: async () => 0, tell: () => undefined, ended: () => undefined });
  expect(await other.call('echo', payload)).toEqual(payload);
  await echo.close();
  link.end('over');
});

test('an owner that is gone before it answered leaves a change unknown and a question unanswered', async () => {
  const asked = Promise.withResolvers<void>();
  const { folder, own, owner } = await owned(async (method) => {
    if (method !== 'ledger.read') return;
    asked.resolve();
    await new Promise(() => undefined);
  });
  const ended = Promise.withResolvers<string>();
  const { ledger } = await remoteIn(folder, {}, ended.resolve);
  const question = ledger.read({ kind: 'entry', path: path('/a') });
  await asked.promise;
  const change = ledger.commit([publish('/a')]);
  const closing = owner.close();
  await expect(change).rejects.toMatchObject({ code: 'broken' });
  await expect(question).rejects.toMatchObject({ code: 'unavailable' });
  await closing;
  expect(await ended.promise).toMatch(/^the other process is gone$|EPIPE|ECONNRESET/);
  await expect(ledger.commit([publish('/b')])).rejects.toMatchObject({ code: 'unavailable' });
  expect(await own.read({ kind: 'entry', path: path('/b') })).toBeUndefined();
});

test('an owner that does not answer is given up', async () => {
  const { folder } = await owned(() => new Promise(() => undefined));
  const ended = Promise.withResolvers<string>();
  const { ledger } = await remoteIn(folder, { deadlineMs: 10 }, ended.resolve);
  await expect(ledger.commit([publish('/a')])).rejects.toMatchObject({ code: 'broken' });
  expect(await ended.promise).toBe('the other process does not answer');
});

test('more calls than may wait are refused, and the others are answered', async () => {
  const { promise: opened, resolve: letGo } = Promise.withResolvers<void>();
  const { folder } = await owned(() => opened);
  const { ledger } = await remoteIn(folder, { maxCalls: 5 });
  const calls = Array.from({ length: 7 }, (_, n) => ledger.commit([publish(`/f${n}`)]));
  const settled = Promise.allSettled(calls);
  letGo();
  const states = (await settled).map((one) => (one.status === 'rejected' ? one.reason.code : 'done'));
  expect(states).toEqual(['done', 'done', 'done', 'done', 'done', 'unavailable', 'unavailable']);
});

test('nobody joins without the word, and no process joins a socket that is open to others', async () => {
  const { folder } = await owned();
  const file = join(folder, 'owner.sock');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const place = { path: file, word: 'another-word', name: 'worker-1' };
  const ended = Promise.withResolvers<string>();
  const link = await joinOwner(place, { call: async () => 0, tell: () => undefined, ended: ended.resolve });
  await expect(link.call('ledger.read', { kind: 'entry', path: '/a' })).rejects.toMatchObject({ code: 'unavailable' });
  expect(await ended.promise).not.toBe('');
  await chmod(file, 0o666);
  await expect(remoteIn(folder)).rejects.toMatchObject({ code: 'unavailable' });
  await chmod(file, 0o600);
  (await remoteIn(folder)).link.end('over');
});

test('a frame that is too large, or none, ends the link', async () => {
  const { folder } = await owned();
  for (const bytes of [Buffer.from([0xff, 0xff, 0xff, 0xff]), Buffer.from([0, 0, 0, 3, 1, 2, 3])]) {
    const socket: Socket = createConnection(join(folder, 'owner.sock'));
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => undefined).resume();
    socket.write(`${WORD_ON_WIRE} worker-1\n`, () => setImmediate(() => socket.write(bytes)));
    await closed;
  }
});
