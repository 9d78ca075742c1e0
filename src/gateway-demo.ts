import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { LoadResult } from './directory/load.ts';
import type { AuditLine } from './storage/commands.ts';

/** What the log says of the person lines of the demonstration, as it says of every load. */
export function demoLoadLine(
  environment: 'R' | 'T',
  file: string,
  { loaded: _, version, ...counts }: LoadResult & { readonly loaded: true },
): AuditLine {
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  const { username: systemUser } = userInfo();
  const about = { environment, file, sha256, systemUser, versionBefore: '0', version: `${version}` };
  return { kind: 'directory-load', outcome: 'done', fields: { step: 'loaded', ...about, ...counts } };
}
