import {
  answered,
  ask,
  broken,
  type Cause,
  closes,
  data,
  extended,
  FILE,
  FOLDER,
  GOODBYE,
  goes,
  NOTHING,
  packet,
  READ,
  SFTP,
  str,
  u32,
  u64,
  WORK,
} from './case.ts';
import { channelRequest } from './scene.ts';

const init = (version: number, ...more: readonly Buffer[]) => packet(SFTP.INIT, u32(version), ...more);
const subsystem = channelRequest(0, 'subsystem', true, str('sftp'));
const begun = (what: string, first: Buffer, ...expected: string[]) =>
  goes(what, 'channel', [subsystem, data(first)], ['CHANNEL_SUCCESS', ...expected], 'sftp');
const ended = (what: string, ...bytes: readonly Buffer[]) => ({
  ...closes(what, 'channel', [subsystem, data(...bytes)], ['CHANNEL_SUCCESS', ...GOODBYE]),
  audit: ['session protocol-error'] as const,
});
const UNSUPPORTED = 'STATUS 8';

/** How a session begins, and requests that nobody offers. */
export const SFTP_SESSION: readonly Cause[] = [
  {
    cause: 'a version that is newer than ours',
    rule: 'draft §4: the server answers with the lower of both versions',
    twin: begun('3', init(3), 'VERSION 3'),
    cases: [
      begun('4', init(4), 'VERSION 3'),
      begun('6', init(6), 'VERSION 3'),
      begun('2^31', init(0x80000000), 'VERSION 3'),
      begun('2^32 - 1', init(0xffffffff), 'VERSION 3'),
    ],
  },
  {
    cause: 'a version that is older than ours',
    rule: 'draft §4: there is no version that both speak',
    twin: begun('3 with an extension of the client', init(3, str('vendor-id'), str('x')), 'VERSION 3'),
    cases: [ended('0', init(0)), ended('1', init(1)), ended('2', init(2))],
  },
  {
    cause: 'a session that does not begin with INIT',
    rule: 'draft §4: the client first sends INIT',
    twin: begun('INIT, then a request', Buffer.concat([init(3), ask(SFTP.STAT, str(FILE))]), 'VERSION 3', 'ATTRS 5'),
    cases: [
      ended('a request', ask(SFTP.STAT, str(FILE))),
      ended('a request about nothing', ask(SFTP.REALPATH, str('.'))),
      ended('a WRITE', ask(SFTP.WRITE, str('0123456789abcdef'), u64(0n), str('x'))),
      ended('an extension', extended('limits@openssh.com')),
      ended('what only servers say', packet(2, u32(3))),
      ended('a type nobody knows', ask(99)),
      ended('text', Buffer.from('hello\n')),
    ],
  },
  {
    cause: 'INIT that comes again',
    rule: 'draft §4: a session begins once',
    twin: answered('none', ask(SFTP.REALPATH, str('/')), 'NAMES 1'),
    cases: [
      broken('at once', init(3)),
      broken('with another version', init(4)),
      broken('behind a request', [ask(SFTP.STAT, str(FILE)), init(3)], 'ATTRS 5'),
      broken('behind an open handle', [ask(SFTP.OPEN, str(FILE), READ, NOTHING), init(3)], 'HANDLE'),
    ],
  },
  {
    cause: 'a request for a link',
    rule: 'there are no links: SSH_FX_OP_UNSUPPORTED, draft §7',
    twin: answered('a request for a name', ask(SFTP.LSTAT, str(FILE)), 'ATTRS 5'),
    cases: [
      answered('READLINK', ask(SFTP.READLINK, str(FILE)), UNSUPPORTED),
      answered('READLINK of what is not there', ask(SFTP.READLINK, str(`${WORK}/none`)), UNSUPPORTED),
      answered('READLINK without a path', ask(SFTP.READLINK), UNSUPPORTED),
      answered('SYMLINK', ask(SFTP.SYMLINK, str('/etc/passwd'), str(`${WORK}/link`)), UNSUPPORTED),
      answered('SYMLINK with one path', ask(SFTP.SYMLINK, str('/etc/passwd')), UNSUPPORTED),
      answered('a hard link', extended('hardlink@openssh.com', str(FILE), str(`${WORK}/link`)), UNSUPPORTED),
    ],
  },
  {
    cause: 'a packet that only a server sends',
    rule: 'no request of ours: SSH_FX_OP_UNSUPPORTED, draft §7',
    twin: answered('a request', ask(SFTP.STAT, str(FOLDER)), 'ATTRS 0'),
    cases: [
      answered('VERSION', packet(2, u32(3)), UNSUPPORTED),
      answered('STATUS', ask(101, u32(0), str('done'), str('en')), UNSUPPORTED),
      answered('HANDLE', ask(102, str('0123456789abcdef')), UNSUPPORTED),
      answered('DATA', ask(103, str('x')), UNSUPPORTED),
      answered('NAME', ask(104, u32(0)), UNSUPPORTED),
      answered('ATTRS', ask(105, u32(0)), UNSUPPORTED),
      answered('EXTENDED_REPLY', ask(201, str('x')), UNSUPPORTED),
    ],
  },
  {
    cause: 'a type that nobody knows',
    rule: 'SSH_FX_OP_UNSUPPORTED, draft §7',
    twin: answered('one that is known', ask(SFTP.REALPATH, str('/SHARED/..')), 'NAMES 1'),
    cases: [
      answered('0', ask(0), UNSUPPORTED),
      answered('21, LINK of version 6', ask(21, str('a'), str('b'), Buffer.of(0)), UNSUPPORTED),
      answered('22, BLOCK of version 6', ask(22, str('0123456789abcdef'), u64(0n), u64(1n), u32(1)), UNSUPPORTED),
      answered('99', ask(99), UNSUPPORTED),
      answered('106', ask(106, str('x')), UNSUPPORTED),
      answered('199', ask(199), UNSUPPORTED),
      answered('202', ask(202, str('x')), UNSUPPORTED),
      answered('255 with much behind it', ask(255, Buffer.alloc(200_000)), UNSUPPORTED),
    ],
  },
  {
    cause: 'an extension that nobody offers',
    rule: 'draft §8: SSH_FX_OP_UNSUPPORTED, whatever its body',
    twin: answered('one that is offered', extended('limits@openssh.com'), 'EXTENDED_REPLY'),
    cases: [
      answered('of somebody', extended('delete-everything@example.org', str('/')), UNSUPPORTED),
      answered('without a name', extended(''), UNSUPPORTED),
      answered('with a name of 100 kB', extended('x'.repeat(100_000)), UNSUPPORTED),
      answered('in capitals', extended('LIMITS@OPENSSH.COM'), UNSUPPORTED),
      answered('with NUL at the end', extended('limits@openssh.com\0'), UNSUPPORTED),
      answered('of ProFTPD', extended('space-available', str('/')), UNSUPPORTED),
      answered('of version 5', extended('text-seek', str('0123456789abcdef'), u64(0n)), UNSUPPORTED),
      answered('with bytes that are no text', ask(SFTP.EXTENDED, str(Buffer.from('fffe00c0', 'hex'))), UNSUPPORTED),
    ],
  },
  {
    cause: 'ids that repeat or stand at the edge',
    rule: 'draft §3: the id is the client’s affair',
    twin: answered('7', ask(SFTP.STAT, str(FILE)), 'ATTRS 5'),
    cases: [
      answered('0', packet(SFTP.STAT, u32(0), str(FILE)), 'ATTRS 5'),
      answered('2^32 - 1', packet(SFTP.STAT, u32(0xffffffff), str(FILE)), 'ATTRS 5'),
      answered('the same twice', [ask(SFTP.STAT, str(FILE)), ask(SFTP.STAT, str(FOLDER))], 'ATTRS 5', 'ATTRS 0'),
    ],
  },
];
