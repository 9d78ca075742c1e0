import { readdir, readFile, readlink } from 'node:fs/promises';

/** What each thread has (libuv on Linux): its poll, its ring, its event and both ends of a pipe. */
const OF_A_THREAD = 5;
const LEDGER = /\/ledger\.(?:sqlite|db)[-.\w]*$/;

/**
 * How many descriptors a process holds (Linux, proc(5)), but for those that each of its threads has and those of its ledger: the thread
 * that copies the ledger's log is started when it is first needed.
 */
export async function descriptorsOf(pid: number | 'self'): Promise<number> {
  const open = (await openFilesOf(pid)).filter((target) => !LEDGER.test(target));
  const threads = open.filter((target) => target === 'anon_inode:[eventpoll]').length;
  return open.length - threads * OF_A_THREAD;
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
