import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DiskStore } from '../../src/storage/disk-store.ts';
import { contentStoreContract, sha256 } from './content-store.contract.ts';
import { tempFolder } from './temp-folder.ts';

contentStoreContract(async () => {
  const directory = join(await tempFolder(), 'content');
  return { store: openStore(directory), reopen: () => openStore(directory), keep: async (content) => content };
});

function openStore(directory: string): DiskStore {
  const store = new DiskStore({ directory });
  onTestFinished(() => store.close());
  return store;
}

/** Descriptors of this process that are open on something below a folder. */
async function openBelow(folder: string): Promise<readonly string[]> {
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  return links.filter((target) => target.startsWith(folder));
}

describe('a disk store', () => {
  test('keeps a content under two characters of its id', async () => {
    const directory = await tempFolder();
    const store = new DiskStore({ directory });
    const upload = await store.begin();
    await store.writePart(upload, 0, Buffer.from('here'));
    await store.complete(upload);
    const { contentId } = upload;
    expect(contentId).toMatch(/^[0-9a-f]{32}$/);
    expect(await readFile(join(directory, contentId.slice(0, 2), contentId), 'utf8')).toBe('here');
  });

  test('touches nothing before it is asked to', async () => {
    const directory = await tempFolder();
    new DiskStore({ directory });
    expect(await readdir(directory)).toEqual([]);
  });

  test('passes the crash points around fsync, in order', async () => {
    const names: unknown[] = [];
    const listen = (name: unknown) => names.push(name);
    subscribe('sluis.crash-point', listen);
    onTestFinished(() => {
      unsubscribe('sluis.crash-point', listen);
    });
    const store = new DiskStore({ directory: await tempFolder() });
    const upload = await store.begin();
    await store.sync(upload);
    await store.complete(upload);
    expect(names).toEqual(['upload.before-sync', 'upload.after-sync', 'receive.before-fsync', 'receive.after-fsync']);
  });

  test.runIf(process.platform === 'linux')(
    'leaves no file open after aborted uploads and reads that were cut',
    async () => {
      const directory = await tempFolder();
      const store = new DiskStore({ directory });
      const aborted = await Promise.all(Array.from({ length: 20 }, () => store.begin()));
      await Promise.all(aborted.map((upload) => store.writePart(upload, 0, Buffer.alloc(1000))));
      expect(await openBelow(directory)).toHaveLength(20);
      await Promise.all(
        aborted.map(({ contentId }) => Promise.all([store.remove(contentId), store.remove(contentId)])),
      );

      const kept = await store.begin();
      await store.writePart(kept, 0, Buffer.alloc(2_000_000));
      await store.complete(kept);
      for (let cut = 0; cut < 20; cut += 1) {
        const readable = store.read(kept);
        await once(readable, 'data');
        const closed = once(readable, 'close');
        readable.destroy();
        await closed;
      }
      expect(await openBelow(directory)).toEqual([]);
    },
  );

  test.runIf(process.platform === 'linux')('keeps few files open however many uploads are going on', async () => {
    const directory = await tempFolder();
    const store = new DiskStore({ directory });
    const uploads = await Promise.all(Array.from({ length: 400 }, () => store.begin()));
    await Promise.all(uploads.map((upload) => store.writePart(upload, 0, Buffer.from('one '))));
    await Promise.all(uploads.map((upload) => store.writePart(upload, 4, Buffer.from('two'))));
    expect((await openBelow(directory)).length).toBeLessThanOrEqual(256);
    const refs = await Promise.all(uploads.map((upload) => store.complete(upload)));
    expect(new Set(refs.map((ref) => ref.sha256))).toEqual(new Set([sha256(Buffer.from('one two'))]));
    expect(await openBelow(directory)).toEqual([]);
  });

  test('serves a worker thread on the same folder', async () => {
    const directory = await tempFolder();
    const code = `
      import { parentPort, workerData } from 'node:worker_threads';
      const { DiskStore } = await import(workerData.module);
      const store = new DiskStore({ directory: workerData.directory });
      const upload = await store.begin();
      await store.writePart(upload, 0, Buffer.from('from a thread'));
      parentPort.postMessage(await store.complete(upload));`;
    const module = new URL('../../src/storage/disk-store.ts', import.meta.url).href;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
      workerData: { directory, module },
    });
    const [ref] = await once(worker, 'message');
    expect(await new DiskStore({ directory }).complete({ contentId: ref.contentId })).toEqual(ref);
  });
});
