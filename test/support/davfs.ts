import { constants } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runClient } from './clients.ts';
import { toolPath } from './tools.ts';

/** Bit of CAP_SYS_ADMIN in a capability set (linux/capability.h). */
const SYS_ADMIN = 1n << 21n;

/** davfs2 hands over at most 16 KiB of a folder at a time by default; newer kernels ask for more and get an error. */
const SETTINGS = ['use_locks 1', 'ask_auth 0', 'delay_upload 0', 'buf_size 128'];

/** A folder of the gateway as a drive of this machine. Its files are only to be touched asynchronously. */
export type Drive = { readonly folder: string; release(): Promise<void> };

/** Why the kernel lets nobody mount here; undefined where it does. No fault of the gateway or of a test. */
export async function whyNoMount(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root may mount';
  const cannotOpen = await access('/dev/fuse', constants.R_OK | constants.W_OK).then(
    () => false,
    () => true,
  );
  if (cannotOpen) return '/dev/fuse can not be opened';
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(await readFile('/proc/self/status', 'utf8'))?.[1] ?? '0';
  if ((BigInt(`0x${effective}`) & SYS_ADMIN) === 0n) return 'this container may not mount (CAP_SYS_ADMIN)';
  if (!/\bfuse$/m.test(await readFile('/proc/filesystems', 'utf8'))) return 'the kernel has no fuse';
  return undefined;
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
