import type { Limits } from '../domain/generation.ts';
import type { QuotaState } from '../vfs/files.ts';
import { OWNER_ID, type Owner, readAttributes, type WantedAttributes } from './attributes.ts';
import { type FieldReader, FieldWriter, MAX_DATA_BYTES, MAX_PACKET_BYTES, PACKET, replyTo } from './codec.ts';

/** Open handles of one session. */
export const MAX_HANDLES = 256;

/** What VERSION tells the client it may use; OpenSSH's PROTOCOL file §4 and the drafts it names. */
export const ADVERTISED = [
  ['posix-rename@openssh.com', '1'],
  ['statvfs@openssh.com', '2'],
  ['fstatvfs@openssh.com', '2'],
  ['fsync@openssh.com', '1'],
  ['lsetstat@openssh.com', '1'],
  ['limits@openssh.com', '1'],
  ['expand-path@openssh.com', '1'],
  ['home-directory', '1'],
  ['users-groups-by-id@openssh.com', '1'],
  ['copy-data', '1'],
  ['check-file', 'sha256'],
] as const;

/** A request of one of these kinds that names only a path, or only a handle. */
export type OnPath<K extends string> = K extends string ? { readonly kind: K; readonly path: string } : never;
export type OnHandle<K extends string> = K extends string ? { readonly kind: K; readonly handle: string } : never;

/** A digest of a part of a file, or of each block of it; no length means to the end. */
export type CheckFileRequest = {
  readonly kind: 'check-file';
  readonly of: { readonly handle: string } | { readonly path: string };
  readonly algorithms: readonly string[];
  readonly start: number;
  readonly length: number;
  readonly blockBytes: number;
};

export type CopyDataRequest = {
  readonly kind: 'copy-data';
  readonly from: string;
  readonly fromOffset: number;
  /** 0: to the end. */
  readonly length: number;
  readonly to: string;
  readonly toOffset: number;
};

export type ExtendedRequest =
  | CheckFileRequest
  | CopyDataRequest
  | { readonly kind: 'rename'; readonly from: string; readonly to: string; readonly overwrite: boolean }
  | OnPath<'statvfs' | 'expand-path'>
  | OnHandle<'fstatvfs' | 'fsync'>
  | { readonly kind: 'setstat'; readonly path: string; readonly attributes: WantedAttributes }
  | { readonly kind: 'limits' }
  | { readonly kind: 'home-directory'; readonly user: string }
  | { readonly kind: 'owner-names'; readonly users: readonly number[]; readonly groups: readonly number[] }
  | { readonly kind: 'unsupported'; readonly what: string };

/** SSH_FXP_EXTENDED, draft-ietf-secsh-filexfer-02 §8: string name | what each case says */
export function readExtended(reader: FieldReader): ExtendedRequest {
  const name = reader.string().toString('latin1');
  switch (name) {
    // string old path | string new path; replaces what stands there
    case 'posix-rename@openssh.com':
      return { kind: 'rename', from: reader.text(), to: reader.text(), overwrite: true };
    // string path
    case 'statvfs@openssh.com':
      return { kind: 'statvfs', path: reader.text() };
    // string handle
    case 'fstatvfs@openssh.com':
      return { kind: 'fstatvfs', handle: reader.string().toString('latin1') };
    case 'fsync@openssh.com':
      return { kind: 'fsync', handle: reader.string().toString('latin1') };
    // string path | ATTRS; there are no links, so this is SETSTAT
    case 'lsetstat@openssh.com':
      return { kind: 'setstat', path: reader.text(), attributes: readAttributes(reader) };
    case 'limits@openssh.com':
      return { kind: 'limits' };
    // string path, which may begin with "~"
    case 'expand-path@openssh.com':
      return { kind: 'expand-path', path: reader.text() };
    // string user
    case 'home-directory':
      return { kind: 'home-directory', user: reader.text() };
    // string of uint32 user ids | string of uint32 group ids
    case 'users-groups-by-id@openssh.com':
      return { kind: 'owner-names', users: idsOf(reader.string()), groups: idsOf(reader.string()) };
    // string handle | uint64 offset | uint64 length | string handle | uint64 offset
    case 'copy-data':
      return {
        kind: 'copy-data',
        from: reader.string().toString('latin1'),
        fromOffset: reader.uint64(),
        length: reader.uint64(),
        to: reader.string().toString('latin1'),
        toOffset: reader.uint64(),
      };
    case 'check-file':
    case 'check-file-handle':
      return readCheckFile(reader, { handle: reader.string().toString('latin1') });
    case 'check-file-name':
      return readCheckFile(reader, { path: reader.text() });
    default:
      reader.skipRest();
      return { kind: 'unsupported', what: 'this extension is not known' };
  }
}

/** After the handle or path: string algorithms, with commas | uint64 start | uint64 length | uint32 block size */
function readCheckFile(reader: FieldReader, of: CheckFileRequest['of']): CheckFileRequest {
  const algorithms = reader.text().split(',');
  const [start, length] = [reader.uint64(), reader.uint64()];
  return { kind: 'check-file', of, algorithms, start, length, blockBytes: reader.uint32() };
}

/** uint64 packet bytes | uint64 read bytes | uint64 write bytes | uint64 open handles */
export function limitsReply(id: number): Buffer {
  return replyTo(PACKET.EXTENDED_REPLY, id)
    .uint64(MAX_PACKET_BYTES)
    .uint64(MAX_DATA_BYTES)
    .uint64(MAX_DATA_BYTES)
    .uint64(MAX_HANDLES)
    .packet();
}

const BLOCK_BYTES = 4096;
const MANY_FILES = 1_000_000;
const NO_SET_USER_ID = 2; // SSH2_FXE_STATVFS_ST_NOSUID
const MAX_NAME_BYTES = 255; // NAME_MAX, linux/limits.h

/**
 * uint64 each: block size | fragment size | blocks | free | free to us | files | free | free to us | id | flags | name max.
 * The room of the disk is nobody's business: what is told is the quota, and where there is none, what one file may take.
 */
export function statvfsReply(id: number, limits: Limits, quota: QuotaState | undefined): Buffer {
  const { usedBytes, availableBytes } = quota ?? { usedBytes: 0, availableBytes: limits.maxFileBytes };
  const blocks = Math.floor((usedBytes + availableBytes) / BLOCK_BYTES);
  const free = Math.floor(availableBytes / BLOCK_BYTES);
  const fields = [BLOCK_BYTES, BLOCK_BYTES, blocks, free, free, MANY_FILES, MANY_FILES, MANY_FILES, 0];
  const writer = replyTo(PACKET.EXTENDED_REPLY, id);
  for (const field of [...fields, NO_SET_USER_ID, MAX_NAME_BYTES]) writer.uint64(field);
  return writer.packet();
}

/** string of string user names | string of string group names; an empty one where the id is not known */
export function ownerNamesReply(
  id: number,
  asked: { readonly users: readonly number[]; readonly groups: readonly number[] },
  owner: Owner,
): Buffer {
  const users = new FieldWriter();
  for (const user of asked.users) users.string(user === OWNER_ID ? owner.user : '');
  const groups = new FieldWriter();
  for (const group of asked.groups) groups.string(group === OWNER_ID ? owner.group : '');
  return replyTo(PACKET.EXTENDED_REPLY, id).string(users.joined()).string(groups.joined()).packet();
}

/** Ids that one reply can name within the packet size, whatever the names. */
const MAX_IDS = 1024;

function idsOf(bytes: Buffer): readonly number[] {
  const count = Math.min(Math.floor(bytes.length / 4), MAX_IDS);
  return Array.from({ length: count }, (_, index) => bytes.readUInt32BE(index * 4));
}
