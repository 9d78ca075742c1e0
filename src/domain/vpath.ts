import { GatewayError } from './errors.ts';

/** An absolute path the gateway can trust: NFC, no `.` or `..`, no empty part, no trailing slash; the root is `/`. */
export type VPath = string & { readonly __vpath: unique symbol };

export const ROOT = '/' as VPath;

const MAX_NAME_BYTES = 255; // NAME_MAX, linux/limits.h
const MAX_PATH_BYTES = 4096; // PATH_MAX, linux/limits.h
const FORBIDDEN = /[\p{Cc}\p{Cs}]/u; // control characters and lone surrogates
/** Most paths: short, of ASCII, each part with a first character that is no dot. They are trusted as they stand. */
const PLAIN = /^(?:\/[\w-][\w.@-]*)+$/;

/**
 * Turns the path a client sent into one the gateway can trust: absolute, NFC (Unicode UAX #15), no "..".
 * @param raw percent-encoding already removed; a part has at most 255 bytes of UTF-8 (NAME_MAX, linux/limits.h)
 * @throws GatewayError `bad-path`
 */
export function parseVPath(raw: string): VPath {
  if (raw.length <= MAX_NAME_BYTES && PLAIN.test(raw)) return raw as VPath;
  if (!raw.startsWith('/')) throw new GatewayError('bad-path', 'a path begins with "/"');
  if (FORBIDDEN.test(raw)) {
    throw new GatewayError('bad-path', 'a name may not hold control characters or broken UTF-16');
  }
  const parts: string[] = [];
  for (const part of raw.normalize('NFC').split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') throw new GatewayError('bad-path', 'a path may not hold ".."');
    if (Buffer.byteLength(part) > MAX_NAME_BYTES) {
      throw new GatewayError('bad-path', `a name has at most ${MAX_NAME_BYTES} bytes of UTF-8`);
    }
    parts.push(part);
  }
  const path = `/${parts.join('/')}`;
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw new GatewayError('bad-path', `a path has at most ${MAX_PATH_BYTES} bytes of UTF-8`);
  }
  return path as VPath;
}

/** The parts of a path; none for the root. */
export function partsOf(path: VPath): readonly string[] {
  return path === '/' ? [] : path.slice(1).split('/');
}

/** The last part; the empty string for the root. */
export function nameOf(path: VPath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The folder a path lies in; the root lies in itself. */
export function parentOf(path: VPath): VPath {
  const slash = path.lastIndexOf('/');
  return (slash <= 0 ? '/' : path.slice(0, slash)) as VPath;
}

/** The path of its first parts; undefined where it has fewer. */
export function firstPartsOf(path: VPath, count: number): VPath | undefined {
  let end = 0;
  for (let part = 0; part < count; part += 1) {
    if (end === path.length || path === '/') return undefined;
    const slash = path.indexOf('/', end + 1);
    end = slash === -1 ? path.length : slash;
  }
  return path.slice(0, end) as VPath;
}

/** A child of a folder. @throws GatewayError `bad-path` when the name is not one trusted part */
export function childOf(folder: VPath, name: string): VPath {
  if (name.includes('/')) throw new GatewayError('bad-path', 'a name may not hold "/"');
  return parseVPath(folder === '/' ? `/${name}` : `${folder}/${name}`);
}

/** Whether `path` is `folder` or lies below it; `/in/ab` does not lie below `/in/a`. */
export function isWithin(path: VPath, folder: VPath): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}
