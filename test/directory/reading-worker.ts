import { parentPort, workerData } from 'node:worker_threads';
import { openDirectory } from '../../src/directory/lmdb-directory.ts';

const directory = openDirectory({ directory: workerData.folder, readOnly: true });

parentPort?.on('message', () => {
  const snapshot = directory.snapshot('R');
  const quality = snapshot.lookup(workerData.insz)?.dossiers[0]?.quality;
  parentPort?.postMessage({ version: snapshot.version, quality });
  snapshot.close();
});
