import { parentPort, workerData } from 'node:worker_threads';
import type { DirectoryChanges } from '../directory/changes.ts';
import { openDirectory } from '../directory/lmdb-directory.ts';
import type { DirectoryEnvironment } from '../directory/person-lines.ts';
import type { Sector } from '../domain/partner.ts';
import { failureOf } from './batch-messages.ts';

/** The thread that makes the changes of one integration in the reference directory, and ends. */

export type DirectoryJob = {
  readonly directory: string;
  readonly environment: DirectoryEnvironment;
  readonly changes: DirectoryChanges;
  readonly sectors: readonly Sector[];
};

function parseJob(value: unknown): DirectoryJob {
  return value as DirectoryJob;
}

async function make(port: NonNullable<typeof parentPort>): Promise<void> {
  const { directory: folder, environment, changes, sectors } = parseJob(workerData);
  const directory = openDirectory({ directory: folder });
  try {
    port.postMessage({ applied: await directory.apply(environment, changes, sectors) });
  } catch (error) {
    port.postMessage({ failure: failureOf(error) });
  } finally {
    await directory.close();
  }
}

if (parentPort !== null) await make(parentPort);
