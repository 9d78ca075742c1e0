import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Proof, proofFrom, runClient } from './dav-server.ts';
import { gatewayServer } from './webdav-gateway.ts';

const FILES = 200;
const CONNECTIONS = 8;

/** Calls of fsync and fdatasync while files were put. */
export type Syncs = {
  readonly files: number;
  readonly contents: number;
  readonly folders: number;
  readonly ledger: number;
};

/**
 * Puts files through a gateway that runs under strace, apart from the timed runs: tracing slows every call.
 * @throws Error where a content was acknowledged and not synced
 */
export async function countSyncs(): Promise<Syncs> {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-strace-'));
  const log = join(folder, 'calls.txt');
  const under = ['strace', '-f', '-qq', '-y', '-e', 'trace=fsync,fdatasync', '-o', log];
  try {
    const gateway = await gatewayServer((_name, text) => text, { under });
    const proof: Proof = proofFrom(gateway.certificates);
    try {
      await runClient(gateway, proof, { job: 'put-many', files: FILES, connections: CONNECTIONS, prefix: 'synced' });
    } finally {
      await gateway.stop();
    }
    return check(count(await readFile(log, 'utf8')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Lines such as `1234 fsync(31</data/content/ab/ab12…>) = 0`; a call that another thread interrupts begins the same way. */
function count(text: string): Syncs {
  const contents = new Set<string>();
  let [folders, ledger] = [0, 0];
  for (const line of text.split('\n')) {
    const path = /\bf(?:data)?sync\(\d+<([^>]+)>/.exec(line)?.[1];
    if (path === undefined) continue;
    if (/\/content\/[0-9a-f]{2}\/[0-9a-f]{32}$/.test(path)) contents.add(path);
    else if (/\/content\/[0-9a-f]{2}$/.test(path)) folders += 1;
    else if (path.includes('/ledger.sqlite')) ledger += 1;
  }
  return { files: FILES, contents: contents.size, folders, ledger };
}

function check(syncs: Syncs): Syncs {
  const { files, contents, folders, ledger } = syncs;
  if (contents >= files && folders > 0 && ledger > 0) return syncs;
  throw new Error(`${files} files were acknowledged, and synced were ${JSON.stringify(syncs)}`);
}
