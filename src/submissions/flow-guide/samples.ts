import { readdir } from 'node:fs/promises';
import type { Flow } from '../../domain/flow.ts';

/** Names of the sample files of a flow in a folder, which may be absent. */
export async function samplesOf({ pattern }: Flow, folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  const own = new RegExp(`^(?:${pattern})$`, 'u');
  return names.filter((name) => own.test(name)).toSorted();
}
