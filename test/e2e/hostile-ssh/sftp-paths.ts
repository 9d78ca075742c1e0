import {
  answered,
  ask,
  type Case,
  type Cause,
  CREATE,
  extended,
  FILE,
  FOLDER,
  INNER,
  logged,
  NOTHING,
  READ,
  refused,
  SFTP,
  str,
  u32,
  WORK,
} from './case.ts';

const ABSENT = 'STATUS 2';
const stat = (path: string | Buffer) => ask(SFTP.STAT, str(path));
const create = (path: string | Buffer) => ask(SFTP.OPEN, str(path), CREATE, NOTHING);
const mkdir = (path: string | Buffer) => ask(SFTP.MKDIR, str(path), NOTHING);
const rename = (from: string, to: string | Buffer) => ask(SFTP.RENAME, str(from), str(to));
const posixRename = (from: string, to: string | Buffer) => extended('posix-rename@openssh.com', str(from), str(to));
const bytes = (hex: string) => Buffer.concat([Buffer.from(`${WORK}/`), Buffer.from(hex, 'hex')]);
const long = (count: number) => `${WORK}/${'n'.repeat(count)}`;
const deep = (depth: number) => `${WORK}${'/d'.repeat(depth)}`;

/** Every request that takes a path, with one that no file can have: none of them may say anything else than "no such file". */
const byEach = (path: string | Buffer): readonly Case[] => [
  answered('OPEN, to create', create(path), ABSENT),
  answered('OPEN, to read', ask(SFTP.OPEN, str(path), READ, NOTHING), ABSENT),
  answered('MKDIR', mkdir(path), ABSENT),
  answered('SETSTAT', ask(SFTP.SETSTAT, str(path), u32(8), u32(1), u32(1)), ABSENT),
  answered('OPENDIR', ask(SFTP.OPENDIR, str(path)), ABSENT),
  answered('RENAME to it', rename(FILE, path), ABSENT),
  answered('posix-rename to it', posixRename(FILE, path), ABSENT),
  answered('statvfs', extended('statvfs@openssh.com', str(path)), ABSENT),
];

/** Names that can not be, and names that are somebody else's. */
export const SFTP_PATHS: readonly Cause[] = [
  {
    cause: 'a name with NUL',
    rule: 'no file can have it: SSH_FX_NO_SUCH_FILE, and the part before it names nothing',
    twin: answered('without', stat(FILE), 'ATTRS 5'),
    cases: byEach(`${FILE}\0`),
  },
  {
    cause: 'a name with a control character',
    rule: 'as NUL: C0, DEL and C1 (Unicode Cc) would be seen as something else in a listing',
    twin: answered('with a blank and a letter with an accent', create(`${WORK}/never é`), 'HANDLE'),
    cases: [
      answered('line feed', create(`${WORK}/a\nb`), ABSENT),
      answered('carriage return', create(`${WORK}/a\rb`), ABSENT),
      answered('escape, as terminals obey', create(`${WORK}/\u001b[2Ja`), ABSENT),
      answered('tab', create(`${WORK}/a\tb`), ABSENT),
      answered('DEL', create(`${WORK}/a\u007f`), ABSENT),
      answered('NEL of C1', create(`${WORK}/a\u0085`), ABSENT),
      answered('bell, of a folder', mkdir(`${WORK}/\u0007`), ABSENT),
      answered('in the middle of a path', stat(`/SHARED/\u0001/x`), ABSENT),
    ],
  },
  {
    cause: 'a name that is no UTF-8',
    rule: 'draft-ietf-secsh-filexfer: names are UTF-8; nothing is put in the place of broken bytes',
    twin: answered('UTF-8 of four bytes', create(bytes('f09f9a80')), 'HANDLE'),
    cases: [
      answered('ISO 8859-1', create(bytes('e974e9')), ABSENT),
      answered('ff', stat(bytes('ff')), ABSENT),
      answered('half a letter', mkdir(bytes('c3')), ABSENT),
      answered(
        'a slash in two bytes',
        stat(Buffer.concat([Buffer.from('/SHARED'), Buffer.from('c0af', 'hex'), Buffer.from('work')])),
        ABSENT,
      ),
      answered('NUL in two bytes', stat(bytes('c080')), ABSENT),
      answered('a surrogate', rename(FILE, bytes('eda080')), ABSENT),
      answered('beyond Unicode', stat(bytes('f4908080')), ABSENT),
      answered('two dots, overlong', stat(bytes('c0aec0ae2f')), ABSENT),
    ],
  },
  {
    cause: 'a name or path that is too long',
    rule: 'NAME_MAX is 255 bytes and PATH_MAX 4096, linux/limits.h',
    twin: answered('a name of 255 bytes', create(long(255)), 'HANDLE'),
    cases: [
      answered('a name of 256 bytes, to create', create(long(256)), ABSENT),
      answered('a name of 256 bytes, to ask about', stat(long(256)), ABSENT),
      answered('a folder of 256 bytes', mkdir(long(256)), ABSENT),
      answered('renamed to 256 bytes', rename(FILE, long(256)), ABSENT),
      answered('128 letters of two bytes', create(`${WORK}/${'é'.repeat(128)}`), ABSENT),
      answered('a path of 4097 bytes', stat(`/${'x/'.repeat(2048)}`.padEnd(4098, 'x')), ABSENT),
      answered('a path of 200 kB', stat(`/${'x/'.repeat(100_000)}`), ABSENT),
      answered('a name of 200 kB', create(long(200_000)), ABSENT),
    ],
  },
  {
    cause: 'a path into folders that are not there',
    rule: 'SSH_FX_NO_SUCH_FILE; no folder is made on the way',
    twin: answered('into one that is', create(`${FOLDER}/never`), 'HANDLE'),
    cases: [
      logged('stat not-found', answered('2000 deep', stat(deep(2000)), ABSENT)),
      logged('publish no-parent', answered('2000 deep, to create', create(deep(2000)), ABSENT)),
      logged('publish no-parent', answered('one deep, to create', create(`${WORK}/none/x`), ABSENT)),
      logged('make-folder no-parent', answered('one deep, a folder', mkdir(`${WORK}/none/x`), ABSENT)),
      logged('publish no-parent', answered('below a file', create(`${FILE}/x`), ABSENT)),
      logged('make-folder no-parent', answered('a folder below a file', mkdir(`${FILE}/x`), ABSENT)),
      answered('renamed to below a file', rename(INNER, `${FILE}/x`), ABSENT),
    ],
  },
  {
    cause: 'a path that climbs out of the tree',
    rule: 'there is nothing above the root: what remains of it is looked up inside the tree',
    twin: answered('a path that climbs inside of it', stat(`${FOLDER}/../there.txt`), 'ATTRS 5'),
    cases: [
      logged('stat not-found', answered('to the passwords', stat('/../../../../etc/passwd'), ABSENT)),
      logged(
        'read not-found',
        answered('from a folder', ask(SFTP.OPEN, str(`${WORK}/../../../../etc/passwd`), READ, NOTHING), ABSENT),
      ),
      logged('stat not-found', answered('relative', stat('../../etc/passwd'), ABSENT)),
      logged('stat not-found', answered('with backslashes', stat('..\\..\\etc\\passwd'), ABSENT)),
      logged('stat not-found', answered('percent-encoded', stat(`${WORK}/%2e%2e/%2e%2e/etc/passwd`), ABSENT)),
      answered(
        'with the home of somebody',
        extended('expand-path@openssh.com', str('~root/.ssh/authorized_keys')),
        'NAMES 1',
      ),
      logged(
        'read not-found',
        answered('through /proc', ask(SFTP.OPEN, str('/proc/self/environ'), READ, NOTHING), ABSENT),
      ),
      logged('list not-found', answered('to the data of the gateway', ask(SFTP.OPENDIR, str('/../var')), ABSENT)),
    ],
  },
  {
    cause: 'a path of another partner',
    rule: 'DESIGN: a forbidden path and an absent one give the same answer, for every verb, and the log tells',
    twin: answered('of its own', ask(SFTP.OPENDIR, str('/IN/ADRM')), 'HANDLE'),
    cases: [refused('OPENDIR', ask(SFTP.OPENDIR, str('/IN/WLAT')), ABSENT, 'list', 'not-found')],
  },
  {
    cause: 'a path that is none',
    rule: 'RFC of names: empty and relative paths begin at the root, which is everybody’s home',
    twin: answered('the root', stat('/'), 'ATTRS 0'),
    cases: [
      logged('create not-allowed', answered('empty, to create', create(''), 'STATUS 3')),
      logged('create not-allowed', answered('the root, to create', create('/'), 'STATUS 3')),
      answered('a dot, to remove', ask(SFTP.REMOVE, str('.')), 'STATUS 4'),
      logged('delete not-allowed', answered('slashes, to remove', ask(SFTP.RMDIR, str('////')), 'STATUS 3')),
    ],
  },
];
