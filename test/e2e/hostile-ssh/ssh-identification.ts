import { type Case, type Cause, closes, goes, type Step } from './case.ts';
import type { Scene } from './scene.ts';

const said = (bytes: string | Buffer): Step => ({ raw: bytes });
const identified =
  (line: string): Step =>
  (scene: Scene) =>
    scene.peer.identify(line);
/** A connection that was closed before anybody spoke SSH has a line in the audit log, unless nothing was said on it. */
const shut = (what: string, bytes: string | Buffer): Case => ({
  ...closes(what, 'connected', [said(bytes)]),
  audit: ['login protocol-error'],
});
/** A header of a proxy has a refusal of its own. */
const forged = (what: string, bytes: string | Buffer): Case => ({
  ...shut(what, bytes),
  audit: ['proxy-header proxy-header-forged'],
});
const accepted = (what: string, line: string): Case => goes(what, 'connected', [identified(line)], [], 'identified');
const name = (bytes: number) => `SSH-2.0-${'x'.repeat(bytes - 10)}\r\n`;

/** What stands before the first packet, RFC 4253 §4.2: SSH-2.0-softwareversion SP comments CR LF */
export const SSH_IDENTIFICATION: readonly Cause[] = [
  {
    cause: 'bytes of another protocol',
    rule: 'RFC 4253 §4.2: the first bytes are "SSH-2.0-"',
    twin: accepted('SSH', 'SSH-2.0-peer\r\n'),
    cases: [
      shut('HTTP', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
      shut('TLS', Buffer.concat([Buffer.from('16030100c8010000c40303', 'hex'), Buffer.alloc(300, 7)])),
      forged('PROXY protocol v1 from nobody', 'PROXY TCP4 10.0.0.1 10.0.0.2 1 22\r\nSSH-2.0-peer\r\n'),
      forged('PROXY protocol v2 from nobody', Buffer.from('0d0a0d0a000d0a515549540a20110000', 'hex')),
      shut('SMTP', 'EHLO localhost\r\n'),
      shut('zeros', Buffer.alloc(4096)),
      shut('bytes that are no text', Buffer.alloc(3000, 0xff)),
      shut('a packet of SSH', Buffer.concat([Buffer.from('0000000c0a14', 'hex'), Buffer.alloc(300)])),
    ],
  },
  {
    cause: 'an identification of another version',
    rule: 'RFC 4253 §4.2: "2.0", or "1.99" of who speaks both',
    twin: accepted('1.99', 'SSH-1.99-peer\r\n'),
    cases: [
      shut('SSH-1', 'SSH-1.5-peer\r\n'),
      shut('SSH-1.3', 'SSH-1.3-peer\r\n'),
      shut('2.1', 'SSH-2.1-peer\r\n'),
      shut('3.0', 'SSH-3.0-peer\r\n'),
      shut('none', 'SSH--peer\r\n'),
      shut('2', 'SSH-2-peer\r\n'),
    ],
  },
  {
    cause: 'an identification that is not whole',
    rule: 'RFC 4253 §4.2: protoversion and softwareversion, neither empty',
    twin: accepted('with a comment', 'SSH-2.0-peer_1.0 a comment\r\n'),
    cases: [
      shut('nothing behind the version', 'SSH-2.0-\r\n'),
      shut('no software', 'SSH-2.0\r\n'),
      shut('a blank for a name', 'SSH-2.0- comment\r\n'),
      shut('in small letters', 'ssh-2.0-peer\r\n'),
      // A header of a proxy may begin so (version 2): more is waited for, until the grace time.
      { ...shut('an empty line and nothing more', '\r\n'), audit: ['login grace-exceeded'] },
      shut('a carriage return inside', 'SSH-2.0-pe\rer\r\n'),
      shut('NUL inside', 'SSH-2.0-pe\0er\r\n'),
      shut('bytes above ASCII', Buffer.from('SSH-2.0-p\xe9\xe8r\r\n', 'latin1')),
    ],
  },
  {
    cause: 'an identification that is too long',
    rule: 'RFC 4253 §4.2: at most 255 characters, CR LF included',
    twin: accepted('255', name(255)),
    cases: [
      shut('256', name(256)),
      shut('8 kB', name(8000)),
      shut('300 without an end', 'SSH-2.0-'.padEnd(300, 'x')),
      shut('1 MB without an end', 'SSH-2.0-'.padEnd(1_000_000, 'x')),
      shut('a comment of 300', `SSH-2.0-peer ${'c'.repeat(300)}\r\n`),
    ],
  },
  {
    cause: 'lines before the identification',
    rule: 'RFC 4253 §4.2: only a server may send other lines before',
    twin: accepted('none', 'SSH-2.0-other\r\n'),
    cases: [
      shut('a greeting', 'hello\r\nSSH-2.0-peer\r\n'),
      shut('an empty line', '\r\nSSH-2.0-peer\r\n'),
      shut('many', `${'#\r\n'.repeat(100)}SSH-2.0-peer\r\n`),
    ],
  },
  {
    cause: 'a client that leaves before its identification is whole',
    rule: 'closed as it closes; who said something has a line in the log',
    twin: accepted('one that stays', 'SSH-2.0-stays\r\n'),
    cases: [
      { ...closes('without a word', 'connected', []), ends: true },
      { ...shut('after one letter', 'S'), ends: true },
      { ...shut('before the end of the line', 'SSH-2.0-peer'), ends: true },
    ],
  },
];
