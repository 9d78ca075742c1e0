import { subscribe } from 'node:diagnostics_channel';
import { openDirectory } from '../../../src/directory/lmdb-directory.ts';

/** Loads a dump and dies at the nth time it comes by a point; arguments: folder, file, bytes of a segment, point, n. */
const [folder = '', file = '', segmentBytes = '', point = '', times = ''] = process.argv.slice(2);
let left = Number(times);
subscribe('sluis.crash-point', (name) => {
  if (name !== point) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
});
const directory = openDirectory({ directory: folder, bulkBytes: 1, segmentBytes: Number(segmentBytes) });
const result = await directory.load('R', file, []);
await directory.close();
process.stdout.write(JSON.stringify(result.loaded));
