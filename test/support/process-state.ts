import { readdir, readFile, readlink } from 'node:fs/promises';

/** What a thread of the ledger has, which may be started at any time. */
const OF_THREADS = /^(?:anon_inode|pipe):|\/ledger\.(?:sqlite|db)[-.\w]*$/;

/** How many descriptors a process holds (Linux, proc(5)), but for those of its threads and its ledger. */
export async function descriptorsOf(pid: number | 'self'): Promise<number> {
  return (await openFilesOf(pid)).filter((target) => !OF_THREADS.test(target)).length;
}

/** What the descriptors of a process lead to, as `/data/content/…`, `socket:[…]` or `… (deleted)`. */
export async function openFilesOf(pid: number | 'self'): Promise<readonly string[]> {
  const folder = `/proc/${pid}/fd`;
  const links = (await readdir(folder)).map((name) => readlink(`${folder}/${name}`).catch(() => ''));
  return (await Promise.all(links)).filter((target) => target !== '');
}

/** Bytes of memory a process really has. */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kib === undefined) throw new Error(`process ${pid} has no memory`);
  return Number(kib) * 1024;
}
