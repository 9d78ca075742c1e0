import { workerData } from 'node:worker_threads';
import { writeBase } from './flat-base.ts';
import { openStore } from './store.ts';

/** The thread that makes a new base for flat directories, beside everything else. */
export type FlatWork = { readonly folder: string; readonly name: string };

const { folder, name } = workerData as FlatWork;
const store = openStore(folder, name);
try {
  writeBase(store);
} finally {
  await store.root.close();
}
