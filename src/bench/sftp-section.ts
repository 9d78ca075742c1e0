import { versionOf } from './dav-server.ts';
import { asTable, machine, type Result } from './report.ts';
import type { Rounds } from './sftp.ts';
import { PEER_NAMES } from './sftp-peers.ts';
import { FLOODS, LIFTED, LOGINS, LOGINS_AT_ONCE } from './sftp-sessions.ts';

const TOOLS = [
  ['ssh', ['-V']],
  ['rclone', ['version']],
  ['lftp', ['--version']],
] as const;

/** What `docs/benchmarks.md` says about a run. */
export async function section(
  results: readonly Result[],
  { rounds, inMemory }: { readonly rounds: Rounds; readonly inMemory: boolean },
): Promise<string> {
  const versions = await Promise.all(TOOLS.map(([tool, words]) => versionOf(tool, words).catch(() => `no ${tool}`)));
  const lifted = Object.entries(LIFTED).map(([key, value]) => `\`${key}: ${value}\``);
  return [
    `${machine()}. ${versions.join('; ')}.`,
    `Medians of ${rounds.large} transfers of 1 GiB, ${rounds.streams} with 8 streams of 128 MiB, ${rounds.far} of 200 MB with 50 ms of ` +
      `round trip, ${rounds.small} times 2,000 files of 4 KiB, ${rounds.logins} times ${LOGINS} logins, ${LOGINS_AT_ONCE} at once; ` +
      `${FLOODS} sessions that flood. Large files lie ${inMemory ? 'in memory (tmpfs)' : 'on the disk'}, small ones on the disk.`,
    asTable(results, 'the gateway', PEER_NAMES),
    `Lifted for the idle sessions alone: ${lifted.join(', ')}.`,
  ].join('\n\n');
}
