import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cost, costOf, lftp, type SftpServer, sftp } from './sftp-server.ts';

export const SMALL_FILES = 2000;
const SMALL_BYTES = 4096;

/** A folder of files of 4 KiB. */
export function makeSmallFiles(folder: string): string {
  const path = join(folder, 'small');
  mkdirSync(path);
  for (let index = 0; index < SMALL_FILES; index += 1) {
    writeFileSync(join(path, `document-${String(index).padStart(5, '0')}.csv`), randomBytes(SMALL_BYTES));
  }
  return path;
}

export type SmallRound = { readonly put: Cost; readonly synced: Cost; readonly mirror: Cost };

/** The files by one OpenSSH client, by one that asks for fsync after each, and by lftp with four connections. */
export async function smallRound(server: SftpServer, source: string, round: number): Promise<SmallRound> {
  const target = (kind: string) => `${server.base}/${kind}-${round}`;
  const put = await costOf(server, () => sftp(server, [`put -R ${source} ${target('put')}`]));
  const synced = await costOf(server, () => sftp(server, [`put -fR ${source} ${target('synced')}`]));
  const mirror = await costOf(server, () => lftp(server, `mirror -R -P4 ${source} ${target('mirror')}`));
  return { put, synced, mirror };
}

/** Takes back what the last round of each kind brought. @throws Error where a file is missing or other */
export async function checkSmall(server: SftpServer, source: string, round: number, folder: string): Promise<void> {
  for (const kind of ['put', 'synced', 'mirror']) {
    const back = join(folder, `small-${kind}`);
    await sftp(server, [`get -R ${server.base}/${kind}-${round} ${back}`]);
    for (const name of readdirSync(source)) {
      if (!readFileSync(join(source, name)).equals(readFileSync(join(back, name)))) {
        throw new Error(`${server.name} has other bytes in ${kind}/${name}`);
      }
    }
    await rm(back, { recursive: true });
  }
}
