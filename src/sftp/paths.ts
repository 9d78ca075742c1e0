import { posix } from 'node:path';
import { parseVPath, type VPath } from '../domain/vpath.ts';

/**
 * The path a client means: relative ones begin at the root, which is everybody's home; `.` and `..` are taken out as
 * text, since there are no links and no path leads above the root.
 * @throws GatewayError `bad-path`
 */
export function resolvePath(raw: string): VPath {
  return parseVPath(posix.resolve('/', raw));
}

/** As above, after `~` and `~/` (expand-path@openssh.com). */
export function expandPath(raw: string): VPath {
  return resolvePath(raw === '~' || raw.startsWith('~/') ? raw.slice(1).replace(/^\/+/, '') : raw);
}
