import { PEERS } from './dav-peers.ts';
import { versionOf } from './dav-server.ts';
import { asTable, machine, type Result } from './report.ts';
import type { Rounds } from './webdav.ts';
import { LIFTED } from './webdav-connections.ts';
import type { Syncs } from './webdav-syncs.ts';

const TOOLS = [
  ['nginx', ['-v']],
  ['apache2', ['-v']],
  ['rclone', ['version']],
  ['curl', ['--version']],
] as const;

/** What `docs/benchmarks.md` says about a run. */
export async function section(
  results: readonly Result[],
  { syncs, rounds }: { readonly syncs: Syncs; readonly rounds: Rounds },
): Promise<string> {
  const versions = await Promise.all(TOOLS.map(([tool, words]) => versionOf(tool, words).catch(() => `no ${tool}`)));
  const lifted = Object.entries(LIFTED).map(([key, value]) => `\`${key}: ${value}\``);
  return [
    `${machine()}. ${versions.join('; ')}.`,
    `Medians of ${rounds.large} transfers of 1 GiB, ${rounds.small} times 2,000 files, ${rounds.listing} listings of 10,000 and ` +
      `${rounds.other} of 100,000 entries, ${rounds.other} times 500 handshakes, after one of each that is not counted.`,
    asTable(results, 'the gateway', Object.keys(PEERS)),
    `Durability, in a run of its own under strace: ${syncs.files} files over 8 connections were ${syncs.contents} contents synced, ` +
      `${syncs.folders} syncs of their folders and ${syncs.ledger} of the ledger. The peers sync nothing.`,
    `Lifted for the idle connections alone: ${lifted.join(', ')}.`,
  ].join('\n\n');
}
