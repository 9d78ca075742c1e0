import { answered, broken, type Cause, extended, FILE, HANDLE, str, u32, u64, WORK } from './case.ts';

const half = u32(5).subarray(0, 2);
const lie = u32(0xffffffff);
const NONE = '0123456789abcdef';

/** Each extension that is advertised, with a body that is not its own. */
export const SFTP_EXTENSIONS: readonly Cause[] = [
  {
    cause: 'an extension without a body',
    rule: 'each has the fields of its specification',
    twin: answered('one that has none', extended('limits@openssh.com'), 'EXTENDED_REPLY'),
    cases: [
      broken('posix-rename', extended('posix-rename@openssh.com')),
      broken('statvfs', extended('statvfs@openssh.com')),
      broken('fsync', extended('fsync@openssh.com')),
      broken('lsetstat', extended('lsetstat@openssh.com')),
      broken('expand-path', extended('expand-path@openssh.com')),
      broken('home-directory', extended('home-directory')),
      broken('copy-data', extended('copy-data')),
      broken('check-file', extended('check-file')),
    ],
  },
  {
    cause: 'an extension that ends inside its first field',
    rule: 'RFC 4251 §5',
    twin: answered('a whole one', extended('statvfs@openssh.com', str(FILE)), 'EXTENDED_REPLY'),
    cases: [
      broken('posix-rename', extended('posix-rename@openssh.com', half)),
      broken('fstatvfs', extended('fstatvfs@openssh.com', half)),
      broken('fsync', extended('fsync@openssh.com', u32(16), Buffer.from('0123'))),
      broken('lsetstat', extended('lsetstat@openssh.com', half)),
      broken('users-groups-by-id', extended('users-groups-by-id@openssh.com', half)),
      broken('copy-data', extended('copy-data', half)),
      broken('check-file-name', extended('check-file-name', half)),
    ],
  },
  {
    cause: 'an extension that lacks its last field',
    rule: 'as above',
    twin: answered(
      'users and groups',
      extended('users-groups-by-id@openssh.com', str(u32(1000)), str(u32(1000))),
      'EXTENDED_REPLY',
    ),
    cases: [
      broken('posix-rename to nothing', extended('posix-rename@openssh.com', str(`${WORK}/none`))),
      broken('lsetstat without attributes', extended('lsetstat@openssh.com', str(FILE))),
      broken('users without groups', extended('users-groups-by-id@openssh.com', str(u32(1000)))),
      broken('copy-data without the last offset', extended('copy-data', str(NONE), u64(0n), u64(0n), str(NONE))),
      broken('copy-data with half of it', extended('copy-data', str(NONE), u64(0n), u64(0n), str(NONE), u32(0))),
      broken('check-file without a block size', extended('check-file', str(NONE), str('sha256'), u64(0n), u64(0n))),
      broken('check-file-name without a start', extended('check-file-name', str(FILE), str('sha256'))),
    ],
  },
  {
    cause: 'an extension with a string that is not there',
    rule: 'RFC 4251 §5',
    twin: answered('a string that is', extended('home-directory', str('batch')), 'NAMES 1'),
    cases: [
      broken('its own name', Buffer.concat([u32(13), Buffer.of(200), u32(7), lie, u32(0)])),
      broken('posix-rename, the new path', extended('posix-rename@openssh.com', str(FILE), lie)),
      broken('statvfs', extended('statvfs@openssh.com', lie, Buffer.from(FILE))),
      broken('expand-path', extended('expand-path@openssh.com', lie)),
      broken('home-directory', extended('home-directory', lie)),
      broken('users-groups-by-id, the groups', extended('users-groups-by-id@openssh.com', str(''), lie)),
      broken('copy-data, the second handle', extended('copy-data', str(NONE), u64(0n), u64(0n), lie)),
      broken('check-file, the algorithms', extended('check-file', str(NONE), lie)),
    ],
  },
  {
    cause: 'an extension with bytes behind its body',
    rule: 'later drafts add fields: passed over',
    twin: answered('without', extended('fstatvfs@openssh.com', str(HANDLE.read)), 'EXTENDED_REPLY'),
    cases: [
      answered('limits', extended('limits@openssh.com', str('more')), 'EXTENDED_REPLY'),
      answered('statvfs', extended('statvfs@openssh.com', str(FILE), u32(1)), 'EXTENDED_REPLY'),
      answered('fsync', extended('fsync@openssh.com', str(HANDLE.write), str('x')), 'STATUS 0'),
    ],
  },
  {
    cause: 'ids of users that are not whole, or too many',
    rule: 'PROTOCOL of OpenSSH §4.10: uint32 each; an unknown one has the empty name',
    twin: answered(
      'one of each',
      extended('users-groups-by-id@openssh.com', str(u32(0)), str(u32(0))),
      'EXTENDED_REPLY',
    ),
    cases: [
      answered('three bytes', extended('users-groups-by-id@openssh.com', str('abc'), str('')), 'EXTENDED_REPLY'),
      answered(
        '50,000',
        extended('users-groups-by-id@openssh.com', str(Buffer.alloc(200_000)), str('')),
        'EXTENDED_REPLY',
      ),
    ],
  },
];
