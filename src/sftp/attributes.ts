import type { Entry } from '../vfs/files.ts';
import { type FieldReader, FieldWriter } from './codec.ts';

/** Flags of ATTRS, draft-ietf-secsh-filexfer-02 §5. */
const FLAG = { SIZE: 0x1, OWNER: 0x2, PERMISSIONS: 0x4, TIMES: 0x8, EXTENDED: 0x80000000 } as const;

const FILE_MODE = 0o100660;
const FOLDER_MODE = 0o040770;

/** The one user and group there is: everybody sees only what is his. Names are given by `users-groups-by-id`. */
export const OWNER_ID = 1000;

/** What a client wants set; modes and owners are read and ignored. Times are milliseconds since the epoch. */
export type WantedAttributes = { readonly size?: number | undefined; readonly modifiedAt?: number | undefined };

/** What the listing and the attributes of one name need. */
export type Described = Pick<Entry, 'kind' | 'size' | 'modifiedAt'>;

/**
 * ATTRS, §5: uint32 flags | uint64 size | uint32 uid, gid | uint32 permissions | uint32 atime, mtime |
 * uint32 count | { string type | string data } of each extended attribute; each part only where its flag is set
 */
export function readAttributes(reader: FieldReader): WantedAttributes {
  const flags = reader.uint32();
  const size = flags & FLAG.SIZE ? reader.uint64() : undefined;
  if (flags & FLAG.OWNER) {
    reader.uint32();
    reader.uint32();
  }
  if (flags & FLAG.PERMISSIONS) reader.uint32();
  let modifiedAt: number | undefined;
  if (flags & FLAG.TIMES) {
    reader.uint32();
    modifiedAt = reader.uint32() * 1000;
  }
  if (flags & FLAG.EXTENDED) {
    for (let left = reader.uint32(); left > 0; left -= 1) {
      reader.string();
      reader.string();
    }
  }
  return { size, modifiedAt };
}

/** ATTRS of a name: size, owner, mode and times, as above. */
export function writeAttributes(entry: Described): Buffer {
  const seconds = secondsOf(entry.modifiedAt);
  return new FieldWriter()
    .uint32(FLAG.SIZE | FLAG.OWNER | FLAG.PERMISSIONS | FLAG.TIMES)
    .uint64(entry.size)
    .uint32(OWNER_ID)
    .uint32(OWNER_ID)
    .uint32(entry.kind === 'folder' ? FOLDER_MODE : FILE_MODE)
    .uint32(seconds)
    .uint32(seconds)
    .joined();
}

/** ATTRS that say nothing: uint32 0 */
export const NO_ATTRIBUTES = new FieldWriter().uint32(0).joined();

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const HALF_YEAR_MS = 182 * 24 * 3600 * 1000;

/** The line of `ls -l` that people see: mode, links, owner, group, size, time (UTC), name; §7. */
export function longNameOf(entry: Described & { readonly name: string }, owner: Owner, now: number): string {
  const mode = entry.kind === 'folder' ? 'drwxrwx---' : '-rw-rw----';
  const at = new Date(entry.modifiedAt);
  const recent = Math.abs(now - entry.modifiedAt) < HALF_YEAR_MS;
  const clock = `${twoDigits(at.getUTCHours())}:${twoDigits(at.getUTCMinutes())}`;
  const time = recent ? clock : String(at.getUTCFullYear());
  const day = `${MONTHS[at.getUTCMonth()] ?? 'Jan'} ${String(at.getUTCDate()).padStart(2)} ${time.padStart(5)}`;
  const size = String(entry.size).padStart(12);
  return `${mode} 1 ${owner.user.padEnd(8)} ${owner.group.padEnd(8)} ${size} ${day} ${entry.name}`;
}

export type Owner = { readonly user: string; readonly group: string };

function secondsOf(milliseconds: number): number {
  return Math.min(Math.max(Math.trunc(milliseconds / 1000), 0), 0xffffffff);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
