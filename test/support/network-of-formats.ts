import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfiguration } from '../../src/config/load.ts';
import type { Generation } from '../../src/domain/generation.ts';
import { ConfigCopy } from '../config/config-copy.ts';

const NETWORK = join(import.meta.dirname, '../fixtures/network');

/** The shipped configuration with two more flows, BBON (fixed width) and DIMN (XML), and who sends and receives them. */
export async function networkOfFormats(): Promise<ConfigCopy> {
  const copy = await ConfigCopy.make();
  await cp(NETWORK, copy.directory, { recursive: true });
  return copy;
}

/** The generation of a configuration that has no problem. */
export async function generationOf({ directory }: ConfigCopy): Promise<Generation> {
  const loaded = await loadConfiguration(directory);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems, null, 1));
  return loaded.settings.generation;
}
