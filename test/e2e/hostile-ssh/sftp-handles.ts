import {
  answered,
  ask,
  type Case,
  type Cause,
  extended,
  FILE,
  FOLDER,
  HANDLE,
  NOTHING,
  READ,
  SFTP,
  str,
  u32,
  u64,
  WORK,
} from './case.ts';

const FAILURE = 'STATUS 4';
const DENIED = 'STATUS 3';
const at = (offset: bigint, ...more: readonly Buffer[]) => [u64(offset), ...more];
const read = (handle: string) => ask(SFTP.READ, str(handle), ...at(0n, u32(100)));
const write = (handle: string) => ask(SFTP.WRITE, str(handle), ...at(0n, str('x')));
const close = (handle: string) => ask(SFTP.CLOSE, str(handle));
const copy = (from: string, to: string) => extended('copy-data', str(from), ...at(0n, u64(0n)), str(to), ...at(0n));

/** Every request on a handle, with one that this session does not have. */
const onEach = (handle: string): readonly Case[] => [
  answered('CLOSE', close(handle), FAILURE),
  answered('READ', read(handle), FAILURE),
  answered('WRITE', write(handle), FAILURE),
  answered('FSTAT', ask(SFTP.FSTAT, str(handle)), FAILURE),
  answered('FSETSTAT', ask(SFTP.FSETSTAT, str(handle), u32(1), u64(0n)), FAILURE),
  answered('READDIR', ask(SFTP.READDIR, str(handle)), FAILURE),
];
const inEachExtension = (handle: string): readonly Case[] => [
  answered('fstatvfs', extended('fstatvfs@openssh.com', str(handle)), FAILURE),
  answered('fsync', extended('fsync@openssh.com', str(handle)), FAILURE),
  answered('copy-data, read from', copy(handle, HANDLE.write), FAILURE),
  answered('copy-data, written to', copy(HANDLE.read, handle), FAILURE),
  answered('check-file', extended('check-file', str(handle), str('sha256'), ...at(0n, u64(0n), u32(0))), FAILURE),
  answered(
    'check-file-handle',
    extended('check-file-handle', str(handle), str('sha256'), ...at(0n, u64(0n), u32(0))),
    FAILURE,
  ),
];
const NEVER = '0123456789abcdef';

/** Handles, draft-ietf-secsh-filexfer-02 §6.1: opaque, at most 256 bytes, and of one session. */
export const SFTP_HANDLES: readonly Cause[] = [
  {
    cause: 'a handle that was never given',
    rule: 'draft §6.1; SSH_FX_FAILURE, as OpenSSH',
    twin: answered('one that was', read(HANDLE.read), 'DATA there'),
    cases: onEach(NEVER),
  },
  {
    cause: 'a handle that was never given, in an extension',
    rule: 'SSH_FX_FAILURE',
    twin: answered('one that was', extended('fstatvfs@openssh.com', str(HANDLE.read)), 'EXTENDED_REPLY'),
    cases: inEachExtension(NEVER),
  },
  {
    cause: 'a handle that was closed',
    rule: 'draft §6.3: invalid from CLOSE on, whatever it answers',
    twin: answered('one that is open', ask(SFTP.FSTAT, str(HANDLE.read)), 'ATTRS 5'),
    cases: onEach(HANDLE.closed),
  },
  {
    cause: 'a handle that was closed, in an extension',
    rule: 'draft §6.3',
    twin: answered('one that is open', extended('fsync@openssh.com', str(HANDLE.write)), 'STATUS 0'),
    cases: inEachExtension(HANDLE.closed),
  },
  {
    cause: 'a handle of another session',
    rule: 'a handle means nothing outside of its session, and its owner notices nothing',
    twin: answered('one of its own', close(HANDLE.read), 'STATUS 0'),
    cases: onEach(HANDLE.foreign),
  },
  {
    cause: 'a handle of another session, in an extension',
    rule: 'as above',
    twin: answered('two of its own', copy(HANDLE.read, HANDLE.write), 'STATUS 0'),
    cases: inEachExtension(HANDLE.foreign),
  },
  {
    cause: 'a handle of another shape than ours',
    rule: 'draft §6.1: looked up, never read as anything else',
    twin: answered('one of ours', ask(SFTP.READDIR, str(HANDLE.folder)), 'NAMES 1'),
    cases: [
      answered('empty', close(''), FAILURE),
      answered('one byte', close('0'), FAILURE),
      answered('a number of four bytes', ask(SFTP.CLOSE, str(u32(0))), FAILURE),
      answered('256 bytes', close('x'.repeat(256)), FAILURE),
      answered('100 kB', close('x'.repeat(100_000)), FAILURE),
      answered('NUL', close('\0'.repeat(16)), FAILURE),
      answered('a path', close('../../etc/passwd'), FAILURE),
      answered('ours in capitals and with a blank', close(`${HANDLE.read} `), FAILURE),
    ],
  },
  {
    cause: 'a handle closed twice in one go',
    rule: 'draft §6.3: the second CLOSE finds nothing',
    twin: answered('closed once', close(HANDLE.read), 'STATUS 0'),
    cases: [
      answered('of a file', [close(HANDLE.read), close(HANDLE.read)], 'STATUS 0', FAILURE),
      answered('of a folder', [close(HANDLE.folder), close(HANDLE.folder)], 'STATUS 0', FAILURE),
      answered(
        'three times',
        [close(HANDLE.read), close(HANDLE.read), close(HANDLE.read)],
        'STATUS 0',
        FAILURE,
        FAILURE,
      ),
      answered(
        'with a READ in between',
        [close(HANDLE.read), read(HANDLE.read), close(HANDLE.read)],
        'STATUS 0',
        FAILURE,
        FAILURE,
      ),
    ],
  },
  {
    cause: 'a request that does not fit what the handle was opened for',
    rule: 'SSH_FX_PERMISSION_DENIED where it is not open for that, SSH_FX_FAILURE where a folder is read or a file is listed',
    twin: answered('one that fits', write(HANDLE.write), 'STATUS 0'),
    cases: [
      answered('WRITE to what was opened for reading', write(HANDLE.read), DENIED),
      answered('WRITE to a folder', write(HANDLE.folder), DENIED),
      answered('READ of what was opened for writing', read(HANDLE.write), DENIED),
      answered('READ of a folder', read(HANDLE.folder), FAILURE),
      answered('READDIR of a file', ask(SFTP.READDIR, str(HANDLE.read)), FAILURE),
      answered('READDIR of an upload', ask(SFTP.READDIR, str(HANDLE.write)), FAILURE),
    ],
  },
  {
    cause: 'an extension that does not fit what its handle was opened for',
    rule: 'as above',
    twin: answered(
      'one that fits',
      extended('check-file', str(HANDLE.read), str('sha256'), ...at(0n, u64(0n), u32(0))),
      'EXTENDED_REPLY',
    ),
    cases: [
      answered('fsync of what was opened for reading', extended('fsync@openssh.com', str(HANDLE.read)), DENIED),
      answered('fsync of a folder', extended('fsync@openssh.com', str(HANDLE.folder)), DENIED),
      answered('copy-data into what was opened for reading', copy(HANDLE.write, HANDLE.read), DENIED),
      answered('copy-data of a folder', copy(HANDLE.folder, HANDLE.write), FAILURE),
      answered('copy-data of a file into itself', copy(HANDLE.write, HANDLE.write), FAILURE),
      answered(
        'check-file of a folder',
        extended('check-file', str(HANDLE.folder), str('sha256'), ...at(0n, u64(0n), u32(0))),
        FAILURE,
      ),
      answered(
        'check-file of what is being written',
        extended('check-file', str(HANDLE.write), str('sha256'), ...at(0n, u64(0n), u32(0))),
        DENIED,
      ),
    ],
  },
  {
    cause: 'attributes set through a handle that does not write',
    rule: 'a file is changed by who opened it for writing; modes and owners are nobody’s and are passed over',
    twin: answered('a mode', ask(SFTP.FSETSTAT, str(HANDLE.write), u32(4), u32(0o600)), 'STATUS 0'),
    cases: [
      answered('a size of what is read', ask(SFTP.FSETSTAT, str(HANDLE.read), u32(1), u64(0n)), DENIED),
      answered('a size of a folder', ask(SFTP.FSETSTAT, str(HANDLE.folder), u32(1), u64(0n)), DENIED),
    ],
  },
  {
    cause: 'more open handles than a session has',
    rule: 'limits@openssh.com says 256; the next one is refused and those that are open stay',
    twin: answered(
      '256',
      Array.from({ length: 256 }, () => ask(SFTP.OPENDIR, str(FOLDER))),
      ...Array<string>(256).fill('HANDLE'),
    ),
    cases: [
      answered(
        '257 folders',
        Array.from({ length: 257 }, () => ask(SFTP.OPENDIR, str(FOLDER))),
        ...Array<string>(256).fill('HANDLE'),
        FAILURE,
      ),
      answered(
        '257 files',
        Array.from({ length: 257 }, () => ask(SFTP.OPEN, str(FILE), READ, NOTHING)),
        ...Array<string>(256).fill('HANDLE'),
        FAILURE,
      ),
      answered(
        '257 uploads',
        Array.from({ length: 257 }, (_, index) => ask(SFTP.OPEN, str(`${WORK}/never-${index}`), u32(26), NOTHING)),
        ...Array<string>(256).fill('HANDLE'),
        FAILURE,
      ),
    ],
  },
];
