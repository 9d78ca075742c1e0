import { readdir, readFile, writeFile } from 'node:fs/promises';

/** `utime` and its neighbours in /proc/<pid>/stat count in these, proc(5): sysconf(_SC_CLK_TCK), 100 on Linux. */
const TICKS_PER_SECOND = 100;
const MAX_PROCESSES = 1000;

/** CPU seconds of a process, of all that descend from it, and of those of them that have ended. Resolution 10 ms. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  let ticks = 0;
  for (const one of await withDescendants(pid)) {
    // One that ends meanwhile counts with its parent the next time.
    const text = await readFile(`/proc/${one}/stat`, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const fields = text.replace(/^.*\) /s, '').split(' ');
    // proc(5): utime, stime, and cutime, cstime of children that ended and were waited for; all threads are in them.
    for (const field of fields.slice(11, 15)) ticks += Number(field);
  }
  return ticks / TICKS_PER_SECOND;
}

/** Resident memory of a process and all that descend from it, in KiB. */
export async function residentKiB(pid: number): Promise<number> {
  return sum(await Promise.all((await withDescendants(pid)).map((one) => statusKiB(one, 'VmRSS'))));
}

/** The most that was resident at once since the last reset, in MB. */
export async function peakMB(pid: number): Promise<number> {
  return Math.round(sum(await Promise.all((await withDescendants(pid)).map((one) => statusKiB(one, 'VmHWM')))) / 1024);
}

/** Lets the peak begin anew, proc(5): 5 written to clear_refs. */
export async function resetPeak(pid: number): Promise<void> {
  for (const one of await withDescendants(pid)) await writeFile(`/proc/${one}/clear_refs`, '5').catch(() => undefined);
}

/** Processes that this one has begun and that still run. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const children: number[] = [];
  for (const task of await readdir(`/proc/${pid}/task`)) {
    const text = await readFile(`/proc/${pid}/task/${task}/children`, 'utf8');
    for (const child of text.split(' ')) if (child.trim() !== '') children.push(Number(child));
  }
  return children;
}

async function withDescendants(pid: number): Promise<readonly number[]> {
  const found = [pid];
  for (let index = 0; index < found.length && index < MAX_PROCESSES; index += 1) {
    found.push(...(await childrenOf(found[index] ?? pid).catch(() => [])));
  }
  return found;
}

async function statusKiB(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
