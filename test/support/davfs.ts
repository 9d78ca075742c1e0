import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, open, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runClient } from './clients.ts';
import { toolPath } from './tools.ts';

/** davfs2 hands over at most 16 KiB of a folder at a time by default; newer kernels ask for more and get an error. */
const SETTINGS = ['use_locks 1', 'ask_auth 0', 'delay_upload 0', 'buf_size 128'];

/** A folder of the gateway as a drive of this machine. Its files are only to be touched asynchronously. */
export type Drive = { readonly folder: string; release(): Promise<void> };

/** Why the kernel lets nobody mount here, found by trying; undefined where it does. No fault of gateway or test. */
export async function whyNoMount(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root may mount';
  const device = await open('/dev/fuse', 'r+').catch(() => undefined);
  if (device === undefined) return '/dev/fuse can not be opened';
  const folder = await mkdtemp(join(tmpdir(), 'sluis-mount-trial-'));
  try {
    const options = 'fd=3,rootmode=40000,user_id=0,group_id=0'; // Documentation/filesystems/fuse.rst of Linux
    const words = ['-i', '-t', 'fuse', '-o', options, 'trial', folder];
    const { status, stderr } = spawnSync('mount', words, { stdio: ['ignore', 'ignore', 'pipe', device.fd] });
    if (status !== 0) return `the kernel does not let us: ${stderr.toString().trim()}`;
    spawnSync('umount', ['-l', folder]);
    return undefined;
  } finally {
    await device.close();
    await rmdir(folder);
  }
}

/** Mounts a collection. @param url plain HTTP, of a tunnel @throws Error with what mount.davfs says */
export async function mountDrive(url: string): Promise<Drive> {
  const home = await mkdtemp(join(tmpdir(), 'sluis-davfs-'));
  const [folder, cache, settings] = ['drive', 'cache', 'davfs2.conf'].map((name) => join(home, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(folder);
  await mkdir(cache);
  await chmod(home, 0o755); // mount.davfs becomes the user davfs2
  await chmod(cache, 0o777);
  await writeFile(settings, [...SETTINGS, `cache_dir ${cache}`, ''].join('\n'));
  const words = ['-o', `conf=${settings},uid=0`, url, folder];
  const ended = await runClient(toolPath('mount.davfs') ?? 'mount.davfs', words, { input: '\n' });
  if (ended.status !== 0) {
    await rm(home, { recursive: true });
    throw new Error(`mount.davfs: ${ended.out}${ended.err}`);
  }
  return {
    folder,
    release: async () => {
      const away = await runClient('umount', [folder]); // waits until everything has been uploaded
      if (away.status !== 0) await runClient('umount', ['-l', folder]);
      await rm(home, { recursive: true });
      if (away.status !== 0) throw new Error(`umount: ${away.err}`);
    },
  };
}
