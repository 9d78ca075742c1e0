import {
  answered,
  ask,
  broken,
  type Cause,
  CREATE,
  extended,
  FILE,
  FOLDER,
  HANDLE,
  logged,
  NOTHING,
  READ,
  SFTP,
  str,
  u32,
  u64,
  WORK,
} from './case.ts';

const FAILURE = 'STATUS 4';
const EOF = 'STATUS 1';
const read = (offset: bigint, length: number) => ask(SFTP.READ, str(HANDLE.read), u64(offset), u32(length));
const write = (offset: bigint, bytes: string | Buffer = 'x') =>
  ask(SFTP.WRITE, str(HANDLE.write), u64(offset), str(bytes));
const close = ask(SFTP.CLOSE, str(HANDLE.write));
const check = (start: bigint, length: bigint, block: number, algorithms = 'sha256') =>
  extended('check-file', str(HANDLE.read), str(algorithms), u64(start), u64(length), u32(block));
const copy = (from: bigint, length: bigint, to: bigint) =>
  extended('copy-data', str(HANDLE.read), u64(from), u64(length), str(HANDLE.write), u64(to));
const [P53, P63, MAX] = [2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];
/** Flags of ATTRS, draft §5. */
const [SIZE, OWNER, MODE, TIMES, EXTENDED] = [1, 2, 4, 8, 0x80000000] as const;
const setstat = (...attributes: readonly Buffer[]) => ask(SFTP.SETSTAT, str(FILE), ...attributes);
const sized = (size: bigint) => Buffer.concat([u32(SIZE), u64(size)]);
const create = (name: string, attributes: Buffer) => ask(SFTP.OPEN, str(`${WORK}/${name}`), CREATE, attributes);

/** Offsets, lengths and attributes at and beyond every edge. */
export const SFTP_NUMBERS: readonly Cause[] = [
  {
    cause: 'a READ at or beyond the end',
    rule: 'draft §6.4: SSH_FX_EOF',
    twin: answered('before the end', read(4n, 100), 'DATA e'),
    cases: [
      answered('at the end', read(5n, 1), EOF),
      answered('behind the end', read(6n, 1), EOF),
      answered('at 2^31', read(2n ** 31n, 1), EOF),
      answered('at 2^32', read(2n ** 32n, 32_768), EOF),
      answered('at 2^53 - 1', read(P53 - 1n, 32_768), EOF),
    ],
  },
  {
    cause: 'a READ at an offset that no file has',
    rule: 'off_t of POSIX ends at 2^63 - 1 and numbers are exact to 2^53; SSH_FX_FAILURE, and the handle stays',
    twin: answered('0', [read(0n, 5), ask(SFTP.CLOSE, str(HANDLE.read))], 'DATA there', 'STATUS 0'),
    cases: [
      answered('2^53', [read(P53, 1), read(0n, 5)], FAILURE, 'DATA there'),
      answered('2^63 - 1', [read(P63 - 1n, 1), read(0n, 5)], FAILURE, 'DATA there'),
      answered('2^63', [read(P63, 1), read(0n, 5)], FAILURE, 'DATA there'),
      answered('2^64 - 1', [read(MAX, 1), read(0n, 5)], FAILURE, 'DATA there'),
    ],
  },
  {
    cause: 'a READ of an odd length',
    rule: 'draft §6.4: as many bytes as there are, up to the length',
    twin: answered('of all of it', read(0n, 5), 'DATA there'),
    cases: [
      answered('of nothing', read(0n, 0), EOF),
      answered('of 2^31 - 1', read(0n, 0x7fffffff), 'DATA there'),
      answered('of 2^31', read(0n, 0x80000000), 'DATA there'),
      answered('of 2^32 - 1', read(1n, 0xffffffff), 'DATA here'),
    ],
  },
  {
    cause: 'a WRITE at an offset that no file has',
    rule: 'SSH_FX_FAILURE, never at another place; CLOSE then fails too, and nothing is published',
    twin: answered('1000', [write(1000n), write(0n)], 'STATUS 0', 'STATUS 0'),
    cases: [
      answered('2^53 - 1, where it would end beyond', [write(P53 - 1n), close], FAILURE, FAILURE),
      answered('2^53', [write(P53), close], FAILURE, FAILURE),
      answered('2^53 + 1', [write(P53 + 1n), close], FAILURE, FAILURE),
      answered('2^63 - 1', [write(P63 - 1n), close], FAILURE, FAILURE),
      answered('2^63', [write(P63), close], FAILURE, FAILURE),
      answered('2^64 - 1', [write(MAX), close], FAILURE, FAILURE),
      answered('2^64 - 1, behind one that is right', [write(0n), write(MAX), close], 'STATUS 0', FAILURE, FAILURE),
      answered('2^53, of nothing', [write(P53, ''), close], FAILURE, FAILURE),
    ],
  },
  {
    cause: 'a WRITE that makes a file larger than any may be',
    rule: 'limits.maxFileBytes is 10^10 here; no byte of room is taken, and nothing is published',
    twin: answered('up to the limit', write(9_999_999_999n), 'STATUS 0'),
    cases: [
      logged('publish too-large', answered('by one byte', [write(10_000_000_000n), close], FAILURE, FAILURE)),
      logged(
        'publish too-large',
        answered('by half of its bytes', [write(9_999_999_990n, 'x'.repeat(20)), close], FAILURE, FAILURE),
      ),
      logged('publish too-large', answered('by far', [write(2n ** 50n), close], FAILURE, FAILURE)),
    ],
  },
  {
    cause: 'a size that no file may have, set through a handle',
    rule: 'as WRITE',
    twin: answered('10', ask(SFTP.FSETSTAT, str(HANDLE.write), sized(10n)), 'STATUS 0'),
    cases: [
      logged(
        'publish too-large',
        answered('10^10 + 1', [ask(SFTP.FSETSTAT, str(HANDLE.write), sized(10_000_000_001n)), close], FAILURE, FAILURE),
      ),
      answered('2^53', ask(SFTP.FSETSTAT, str(HANDLE.write), sized(P53)), FAILURE),
      answered('2^63', ask(SFTP.FSETSTAT, str(HANDLE.write), sized(P63)), FAILURE),
      answered('2^64 - 1', ask(SFTP.FSETSTAT, str(HANDLE.write), sized(MAX)), FAILURE),
    ],
  },
  {
    cause: 'a size that no file may have, set by name or at OPEN',
    rule: 'as above; what stands there stays as it is',
    twin: answered('5, as it is', setstat(sized(5n)), 'STATUS 0'),
    cases: [
      answered('2^53 by name', setstat(sized(P53)), FAILURE),
      answered('2^64 - 1 by name', setstat(sized(MAX)), FAILURE),
      answered('2^53 at OPEN', create('never', sized(P53)), FAILURE),
      answered('2^64 - 1 at OPEN', create('never', sized(MAX)), FAILURE),
      answered('2^64 - 1 at MKDIR', ask(SFTP.MKDIR, str(`${WORK}/never`), sized(MAX)), FAILURE),
    ],
  },
  {
    cause: 'attributes that say there is more than there is',
    rule: 'draft §5: each flag has its field',
    twin: answered('a time', setstat(u32(TIMES), u32(1), u32(1)), 'STATUS 0'),
    cases: [
      broken('a size without bytes', setstat(u32(SIZE))),
      broken('a size of four bytes', setstat(u32(SIZE), u32(5))),
      broken('an owner without group', setstat(u32(OWNER), u32(0))),
      broken('a mode without bytes', setstat(u32(MODE))),
      broken('one time of two', setstat(u32(TIMES), u32(1))),
      broken('all flags, one field', setstat(u32(SIZE | OWNER | MODE | TIMES), u64(5n))),
      broken('at OPEN', ask(SFTP.OPEN, str(FILE), READ, u32(SIZE))),
      broken('at MKDIR', ask(SFTP.MKDIR, str(`${WORK}/never`), u32(OWNER))),
    ],
  },
  {
    cause: 'extended attributes that are not as many as they say',
    rule: 'draft §5: count, then as many pairs',
    twin: answered('one pair', setstat(u32(EXTENDED), u32(1), str('a@b'), str('c')), 'STATUS 0'),
    cases: [
      broken('2^32 - 1 and none', setstat(u32(EXTENDED), u32(0xffffffff))),
      broken('2^32 - 1 and one', setstat(u32(EXTENDED), u32(0xffffffff), str('a'), str('b'))),
      broken('one, without value', setstat(u32(EXTENDED), u32(1), str('a'))),
      broken('one, whose name is not there', setstat(u32(EXTENDED), u32(1), u32(0xffffffff))),
      broken('none, and a pair', setstat(u32(EXTENDED), u32(0), str('a'), str('b'))),
      broken('no count', setstat(u32(EXTENDED))),
      broken('30,000 and one less', setstat(u32(EXTENDED), u32(30_000), Buffer.alloc(8 * 29_999))),
    ],
  },
  {
    cause: 'flags that version 3 does not know',
    rule: 'draft §5 gives them no fields; OpenSSH passes over the flag, and bytes behind it are bytes too many',
    twin: answered('none', setstat(NOTHING), 'STATUS 0'),
    cases: [
      answered('0x10', setstat(u32(0x10)), 'STATUS 0'),
      answered('all that are free', setstat(u32(0x7ffffff0)), 'STATUS 0'),
      broken('0x10 with the time of version 4', setstat(u32(0x10), u64(1n))),
      broken('0x80 with the owners of version 4', setstat(u32(0x80), str('root'), str('root'))),
    ],
  },
  {
    cause: 'offsets of copy-data that no file has',
    rule: 'draft-ietf-secsh-filexfer-extensions-00 §7; as READ and WRITE',
    twin: answered('0', copy(0n, 5n, 0n), 'STATUS 0'),
    cases: [
      answered('read from 2^53', copy(P53, 1n, 0n), FAILURE),
      answered('a length of 2^64 - 1', copy(0n, MAX, 0n), FAILURE),
      answered('written to 2^53', copy(0n, 0n, P53), FAILURE),
      logged('publish too-large', answered('written beyond the limit', copy(0n, 0n, 10_000_000_000n), FAILURE)),
    ],
  },
  {
    cause: 'a check-file that can not be answered',
    rule: 'draft-ietf-secsh-filexfer-extensions-00 §3: blocks of 256 bytes or more; sha256 is what is offered',
    twin: answered('blocks of 256', check(0n, 0n, 256), 'EXTENDED_REPLY'),
    cases: [
      answered('blocks of 1', check(0n, 0n, 1), FAILURE),
      answered('blocks of 255', check(0n, 0n, 255), FAILURE),
      answered('from 2^53', check(P53, 0n, 0), FAILURE),
      answered('2^64 - 1 bytes', check(0n, MAX, 0), FAILURE),
      answered('by md5', check(0n, 0n, 0, 'md5,sha1'), 'STATUS 8'),
      answered('by nothing', check(0n, 0n, 0, ''), 'STATUS 8'),
      answered(
        'of a folder',
        extended('check-file-name', str(FOLDER), str('sha256'), u64(0n), u64(0n), u32(0)),
        FAILURE,
      ),
    ],
  },
];
