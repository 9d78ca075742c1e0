import { ask, type Case, type Cause, closes, data, FILE, goes, SFTP, type Step, str, u32 } from './case.ts';
import { channelData, channelRequest, openChannel, openSession, type Scene, type Stage } from './scene.ts';
import {
  CHANNEL_CLOSE,
  CHANNEL_EOF,
  CHANNEL_OPEN,
  DISCONNECT,
  debug,
  EXTENDED_DATA,
  global,
  ignore,
  message,
  onChannel,
  UNIMPLEMENTED,
  WINDOW_ADJUST,
} from './ssh-messages.ts';

const none = Buffer.alloc(0);
const tcp = Buffer.concat([str('127.0.0.1'), u32(22), str('127.0.0.1'), u32(1)]);
const opens = (what: string, request: Buffer, answer: string, from: Stage = 'login'): Case =>
  goes(what, from, [request], [answer], from);
const stays = (what: string, ...steps: readonly Step[]): Case => goes(what, 'sftp', steps, [], 'sftp');
const shut = (what: string, from: Stage, steps: readonly Step[], ...expected: readonly string[]): Case => ({
  ...closes(what, from, steps, expected.length === 0 ? ['DISCONNECT 2'] : expected),
  audit: ['session protocol-error'],
});
/** As `closes`, by a client that goes once it has heard everything. */
const leaves = (what: string, from: Stage, steps: readonly Step[], expected: readonly string[]): Case => ({
  ...closes(what, from, steps, expected),
  leaves: true,
});
const stat: Step = data(ask(SFTP.STAT, str(FILE)));
const many =
  (count: number, payload: Buffer): Step =>
  (scene: Scene) => {
    for (let sent = 0; sent < count; sent += 1) scene.peer.send(payload);
  };
const request = (what: string, name: string, more: Buffer = none): Case =>
  goes(what, 'channel', [channelRequest(0, name, true, more)], ['CHANNEL_FAILURE'], 'channel');
const pty = Buffer.concat([str('xterm'), u32(80), u32(24), u32(0), u32(0), str(Buffer.of(0))]);

/** Channels and requests, RFC 4254. */
export const SSH_CHANNELS: readonly Cause[] = [
  {
    cause: 'a channel of a kind that is not offered',
    rule: 'RFC 4254 §5.1: OPEN_FAILURE, 1 administratively prohibited or 3 unknown channel type; the connection stays',
    twin: goes('a session', 'login', [openSession()], ['OPEN_CONFIRMATION'], 'channel'),
    cases: [
      opens('direct-tcpip', openChannel('direct-tcpip', tcp), 'OPEN_FAILURE 1'),
      opens(
        'direct-streamlocal',
        openChannel('direct-streamlocal@openssh.com', Buffer.concat([str('/var/run/x'), str(''), u32(0)])),
        'OPEN_FAILURE 1',
      ),
      opens('forwarded-tcpip', openChannel('forwarded-tcpip', tcp), 'OPEN_FAILURE 3'),
      opens('x11', openChannel('x11', Buffer.concat([str('127.0.0.1'), u32(6000)])), 'OPEN_FAILURE 3'),
      opens('auth-agent', openChannel('auth-agent@openssh.com'), 'OPEN_FAILURE 3'),
      opens('tun', openChannel('tun@openssh.com', Buffer.concat([u32(1), u32(0)])), 'OPEN_FAILURE 3'),
      opens('a name nobody knows', openChannel('x'.repeat(20_000)), 'OPEN_FAILURE 3'),
      opens('no name', openChannel(''), 'OPEN_FAILURE 3'),
    ],
  },
  {
    cause: 'a channel more than a connection has',
    rule: 'one session on one connection; OPEN_FAILURE, and the first goes on',
    twin: goes('the first', 'login', [openSession()], ['OPEN_CONFIRMATION'], 'channel'),
    cases: [
      opens('a second session', openSession(), 'OPEN_FAILURE 2', 'channel'),
      opens('a second session beside an open one', openSession(), 'OPEN_FAILURE 2', 'sftp'),
      goes('200 more', 'sftp', [many(200, openSession())], Array<string>(200).fill('OPEN_FAILURE 2'), 'sftp'),
    ],
  },
  {
    cause: 'a channel whose packets hold nothing',
    rule: 'RFC 4254 §5.2: what is sent fits the maximum packet size; below 1,024 no answer would; OPEN_FAILURE 1',
    twin: goes('1,024', 'login', [openChannel('session', none, 100_000, 1024)], ['OPEN_CONFIRMATION'], 'channel'),
    cases: [
      opens('0', openChannel('session', none, 100_000, 0), 'OPEN_FAILURE 1'),
      opens('1', openChannel('session', none, 100_000, 1), 'OPEN_FAILURE 1'),
      opens('1,023', openChannel('session', none, 100_000, 1023), 'OPEN_FAILURE 1'),
    ],
  },
  {
    cause: 'a channel whose packets hold more than any may, or whose window is odd',
    rule: 'RFC 4254 §5.2: an upper bound; the server sends what it finds reasonable',
    twin: goes('32 KiB', 'login', [openChannel('session', none, 100_000, 32_768)], ['OPEN_CONFIRMATION'], 'channel'),
    cases: [
      goes(
        'packets of 2^32 - 1',
        'login',
        [openChannel('session', none, 100_000, 0xffffffff)],
        ['OPEN_CONFIRMATION'],
        'channel',
      ),
      goes(
        'a window of 2^32 - 1',
        'login',
        [openChannel('session', none, 0xffffffff, 32_768)],
        ['OPEN_CONFIRMATION'],
        'channel',
      ),
      goes(
        'a window of 0 that is opened later',
        'login',
        [openChannel('session', none, 0, 32_768), onChannel(WINDOW_ADJUST, 0, u32(100_000))],
        ['OPEN_CONFIRMATION'],
        'channel',
      ),
    ],
  },
  {
    cause: 'CHANNEL_OPEN that is not whole',
    rule: 'RFC 4254 §5.1; SSH_DISCONNECT_PROTOCOL_ERROR',
    twin: goes('a whole one', 'login', [openSession()], ['OPEN_CONFIRMATION'], 'channel'),
    cases: [
      shut('its type alone', 'login', [message(CHANNEL_OPEN)]),
      shut('a kind alone', 'login', [message(CHANNEL_OPEN, str('session'))]),
      shut('no packet size', 'login', [message(CHANNEL_OPEN, str('session'), u32(0), u32(100_000))]),
      shut('a kind of four gigabytes', 'login', [message(CHANNEL_OPEN, u32(0xffffffff))]),
      shut('direct-tcpip without an address', 'login', [openChannel('direct-tcpip')]),
      shut('x11 without a port', 'login', [openChannel('x11', str('127.0.0.1'))]),
    ],
  },
  {
    cause: 'a window that is larger than any',
    rule: 'RFC 4254 §5.2: at most 2^32 - 1; SSH_DISCONNECT_PROTOCOL_ERROR',
    twin: stays('larger by 1 MB', onChannel(WINDOW_ADJUST, 0, u32(1_000_000))),
    cases: [
      shut('by one step', 'sftp', [onChannel(WINDOW_ADJUST, 0, u32(0xffffffff))]),
      shut('by many', 'sftp', [many(5, onChannel(WINDOW_ADJUST, 0, u32(0x40000000)))]),
    ],
  },
  {
    cause: 'data that the window does not allow, or no packet may have',
    rule: 'RFC 4254 §5.2, RFC 4253 §6.1',
    twin: stays('a request in three pieces', (scene) => {
      const bytes = ask(SFTP.LSTAT, str(FILE));
      for (const part of [bytes.subarray(0, 3), bytes.subarray(3, 9)]) scene.peer.send(channelData(0, part));
      scene.peer.send(channelData(0, bytes.subarray(9)));
    }),
    cases: [
      shut('a packet of 100 kB', 'sftp', [channelData(0, Buffer.alloc(100_000))]),
      shut('data for 2^32 - 1, a number that no channel has', 'sftp', [channelData(0xffffffff, Buffer.from('x'))]),
      shut('data without a length', 'sftp', [onChannel(94, 0)]),
      shut('data of four gigabytes', 'sftp', [onChannel(94, 0, u32(0xffffffff))]),
      shut('data of another kind without a length', 'sftp', [onChannel(EXTENDED_DATA, 0, u32(1))]),
    ],
  },
  {
    cause: 'a message for a channel that is not there',
    rule: 'RFC 4254 §5: the number is that of an open channel; passed over, as it may cross with CLOSE',
    twin: stays('for one that is', onChannel(WINDOW_ADJUST, 0, u32(1))),
    cases: [
      stays('data', channelData(1, Buffer.from('x'))),
      stays('a window', onChannel(WINDOW_ADJUST, 7, u32(1))),
      stays('the end of data', onChannel(CHANNEL_EOF, 7)),
      stays('CLOSE', onChannel(CHANNEL_CLOSE, 7)),
      stays('a request', channelRequest(7, 'subsystem', true, str('sftp'))),
      stays('an answer to a request', onChannel(99, 7)),
      stays('a channel that nobody asked for', message(91, u32(7), u32(0), u32(1), u32(32_768))),
    ],
  },
  {
    cause: 'data of a kind that no client sends',
    rule: 'RFC 4254 §5.2: SSH_EXTENDED_DATA_STDERR is of the server; passed over',
    twin: stays('none'),
    cases: [
      stays('standard error', onChannel(EXTENDED_DATA, 0, u32(1), str('x'))),
      stays('of a kind nobody knows', onChannel(EXTENDED_DATA, 0, u32(0xffffffff), str('x'))),
    ],
  },
  {
    cause: 'a request for a program or a terminal',
    rule: 'only the subsystem sftp; CHANNEL_FAILURE, RFC 4254 §5.4',
    twin: goes('the subsystem', 'channel', [], [], 'channel'),
    cases: [
      request('a shell', 'shell'),
      request('a command', 'exec', str('id')),
      request('scp of the old kind', 'exec', str('scp -t /SHARED/work')),
      request('the server program of sftp', 'exec', str('/usr/lib/openssh/sftp-server')),
      request('a terminal', 'pty-req', pty),
      request('a variable', 'env', Buffer.concat([str('LD_PRELOAD'), str('/tmp/x.so')])),
      request('the size of a window', 'window-change', Buffer.concat([u32(1), u32(1), u32(1), u32(1)])),
      request('a signal', 'signal', str('KILL')),
    ],
  },
  {
    cause: 'a request for something to be forwarded, or that nobody knows',
    rule: 'as above',
    twin: goes('the subsystem, with nothing before it', 'channel', [], [], 'channel'),
    cases: [
      request('the agent', 'auth-agent-req@openssh.com'),
      request('X11', 'x11-req', Buffer.concat([Buffer.of(0), str('MIT-MAGIC-COOKIE-1'), str('00'), u32(0)])),
      request('a name nobody knows', 'x-none', str('x')),
      request('an empty name', ''),
      request('a break', 'break', u32(1)),
      request('the end of a program, as the server says it', 'exit-status', u32(0)),
      goes('no answer wanted', 'channel', [channelRequest(0, 'shell', false)], [], 'channel'),
    ],
  },
  {
    cause: 'another subsystem, or a second one',
    rule: 'RFC 4254 §6.5: one program on a channel; CHANNEL_FAILURE, and the first goes on',
    twin: goes('sftp', 'channel', [], [], 'channel'),
    cases: [
      request('netconf', 'subsystem', str('netconf')),
      request('SFTP in capitals', 'subsystem', str('SFTP')),
      request('sftp with NUL', 'subsystem', str('sftp\0')),
      request('empty', 'subsystem', str('')),
      goes('sftp again', 'sftp', [channelRequest(0, 'subsystem', true, str('sftp'))], ['CHANNEL_FAILURE'], 'sftp'),
      goes('a shell beside it', 'sftp', [channelRequest(0, 'shell', true)], ['CHANNEL_FAILURE'], 'sftp'),
      goes('a command beside it', 'sftp', [channelRequest(0, 'exec', true, str('id'))], ['CHANNEL_FAILURE'], 'sftp'),
    ],
  },
  {
    cause: 'a request that is not whole',
    rule: 'RFC 4254 §5.4; SSH_DISCONNECT_PROTOCOL_ERROR',
    twin: goes('a whole one', 'channel', [], [], 'channel'),
    cases: [
      shut('no name', 'channel', [onChannel(98, 0)]),
      shut('no word whether an answer is wanted', 'channel', [onChannel(98, 0, str('shell'))]),
      shut('a subsystem without a name', 'channel', [channelRequest(0, 'subsystem', true)]),
      shut('a command of four gigabytes', 'channel', [channelRequest(0, 'exec', true, u32(0xffffffff))]),
      shut('a terminal without modes', 'channel', [channelRequest(0, 'pty-req', true, str('xterm'))]),
      shut('a variable without a value', 'channel', [channelRequest(0, 'env', true, str('X'))]),
      shut('a window without bytes', 'channel', [onChannel(WINDOW_ADJUST, 0)]),
      shut('CLOSE without a number', 'channel', [message(CHANNEL_CLOSE)]),
    ],
  },
  {
    cause: 'a channel that is closed, or ended, before it has its subsystem',
    rule: 'RFC 4254 §5.3: CLOSE is answered with CLOSE; there is no other session on the connection, so it ends',
    twin: goes('behind it, as it should be', 'channel', [], [], 'channel'),
    cases: [
      closes('CLOSE', 'channel', [onChannel(CHANNEL_CLOSE, 0)], ['CLOSE', 'DISCONNECT 11']),
      closes(
        'EOF and CLOSE',
        'channel',
        [onChannel(CHANNEL_EOF, 0), onChannel(CHANNEL_CLOSE, 0)],
        ['CLOSE', 'DISCONNECT 11'],
      ),
      closes(
        'EOF, then a subsystem',
        'channel',
        [onChannel(CHANNEL_EOF, 0), channelRequest(0, 'subsystem', true, str('sftp')), onChannel(CHANNEL_CLOSE, 0)],
        ['CHANNEL_FAILURE', 'CLOSE', 'DISCONNECT 11'],
      ),
    ],
  },
  {
    cause: 'something behind the end of a channel',
    rule: 'RFC 4254 §5.3: nothing behind EOF or CLOSE counts; the session ends as it should',
    twin: leaves('nothing', 'sftp', [stat, onChannel(CHANNEL_EOF, 0)], ['ATTRS 5', 'exit 0', 'EOF', 'CLOSE']),
    cases: [
      leaves(
        'a request behind EOF',
        'sftp',
        [stat, onChannel(CHANNEL_EOF, 0), stat],
        ['ATTRS 5', 'exit 0', 'EOF', 'CLOSE'],
      ),
      leaves('EOF twice', 'sftp', [onChannel(CHANNEL_EOF, 0), onChannel(CHANNEL_EOF, 0)], ['exit 0', 'EOF', 'CLOSE']),
      leaves(
        'half a request before EOF',
        'sftp',
        [channelData(0, Buffer.from('0000', 'hex')), onChannel(CHANNEL_EOF, 0)],
        ['exit 0', 'EOF', 'CLOSE'],
      ),
      closes('CLOSE without EOF', 'sftp', [onChannel(CHANNEL_CLOSE, 0)], ['CLOSE', 'DISCONNECT 11']),
      closes(
        'CLOSE twice',
        'sftp',
        [onChannel(CHANNEL_CLOSE, 0), onChannel(CHANNEL_CLOSE, 0)],
        ['CLOSE', 'DISCONNECT 11'],
      ),
      closes('a request behind CLOSE', 'sftp', [onChannel(CHANNEL_CLOSE, 0), stat], ['CLOSE', 'DISCONNECT 11']),
    ],
  },
  {
    cause: 'a global request that is not offered',
    rule: 'RFC 4254 §4: REQUEST_FAILURE where an answer is wanted, else nothing',
    twin: goes('none', 'login', [], [], 'login'),
    cases: [
      opens('tcpip-forward', global('tcpip-forward', true, str('0.0.0.0'), u32(0)), 'REQUEST_FAILURE'),
      opens('cancel-tcpip-forward', global('cancel-tcpip-forward', true, str(''), u32(22)), 'REQUEST_FAILURE'),
      opens('streamlocal-forward', global('streamlocal-forward@openssh.com', true, str('/tmp/x')), 'REQUEST_FAILURE'),
      opens('a name nobody knows', global('x-none', true, str('x')), 'REQUEST_FAILURE'),
      opens('keep-alive', global('keepalive@openssh.com', true), 'REQUEST_FAILURE'),
      opens('no more sessions', global('no-more-sessions@openssh.com', true), 'REQUEST_FAILURE', 'sftp'),
      goes('a forwarding without an answer', 'sftp', [global('tcpip-forward', false, str(''), u32(80))], [], 'sftp'),
      goes(
        'a hundred keep-alives',
        'sftp',
        [many(100, global('keepalive@openssh.com', true))],
        Array<string>(100).fill('REQUEST_FAILURE'),
        'sftp',
      ),
    ],
  },
  {
    cause: 'a global request that is not whole',
    rule: 'RFC 4254 §4; SSH_DISCONNECT_PROTOCOL_ERROR',
    twin: goes('a whole one', 'login', [global('x-none', true)], ['REQUEST_FAILURE'], 'login'),
    cases: [
      shut('no name', 'login', [message(80)]),
      shut('no word whether an answer is wanted', 'login', [message(80, str('x-none'))]),
      shut('a name of four gigabytes', 'login', [message(80, u32(0xffffffff))]),
      shut('a forwarding without a port', 'login', [global('tcpip-forward', true, str(''))]),
    ],
  },
  {
    cause: 'a message that has no meaning here',
    rule: 'RFC 4253 §11.4: SSH_MSG_UNIMPLEMENTED, and otherwise passed over',
    twin: goes('one that is passed over', 'sftp', [ignore(), debug(), message(UNIMPLEMENTED, u32(0))], [], 'sftp'),
    cases: [
      goes('a type nobody knows', 'sftp', [message(199)], ['UNIMPLEMENTED'], 'sftp'),
      goes('type 0', 'sftp', [message(0)], ['UNIMPLEMENTED'], 'sftp'),
      goes('type 255 with much behind it', 'sftp', [message(255, Buffer.alloc(30_000))], ['UNIMPLEMENTED'], 'sftp'),
      goes('a ping that was not offered', 'sftp', [message(192, str('x'))], ['UNIMPLEMENTED'], 'sftp'),
      goes('ECDH_INIT without KEXINIT', 'sftp', [message(30, str(Buffer.alloc(32, 9)))], ['UNIMPLEMENTED'], 'sftp'),
      goes('NEWKEYS without KEXINIT', 'sftp', [message(21)], ['UNIMPLEMENTED'], 'sftp'),
      goes('LOGIN, as the server says it', 'sftp', [message(52)], ['UNIMPLEMENTED'], 'sftp'),
    ],
  },
  {
    cause: 'a flood of what is passed over',
    rule: 'RFC 4253 §11.2-11.3: passed over; the session goes on and nothing is kept',
    twin: goes('a few', 'sftp', [many(3, ignore())], [], 'sftp'),
    cases: [
      goes('IGNORE of 30 kB', 'sftp', [many(300, ignore(Buffer.alloc(30_000)))], [], 'sftp'),
      goes('DEBUG', 'sftp', [many(5000, debug())], [], 'sftp'),
      goes('UNIMPLEMENTED', 'sftp', [many(5000, message(UNIMPLEMENTED, u32(0)))], [], 'sftp'),
      goes('windows of one byte', 'sftp', [many(5000, onChannel(WINDOW_ADJUST, 0, u32(1)))], [], 'sftp'),
      goes('data of no bytes', 'sftp', [many(5000, channelData(0, none))], [], 'sftp'),
    ],
  },
  {
    cause: 'DISCONNECT with something odd in it',
    rule: 'RFC 4253 §11.1: the connection ends, whatever it says',
    twin: closes('as it should be', 'sftp', [message(DISCONNECT, u32(11), str('bye'), str(''))]),
    cases: [
      closes('a reason nobody knows', 'sftp', [message(DISCONNECT, u32(0xffffffff), str('x'), str(''))]),
      closes('a sentence of 30 kB with escapes', 'sftp', [
        message(DISCONNECT, u32(2), str('\u001b[2J'.repeat(7000)), str('')),
      ]),
      closes('bytes that are no text', 'sftp', [message(DISCONNECT, u32(2), str(Buffer.alloc(100, 0xff)), str(''))]),
      shut('nothing', 'sftp', [message(DISCONNECT)]),
      shut('a sentence of four gigabytes', 'sftp', [message(DISCONNECT, u32(2), u32(0xffffffff))]),
      closes('before the login', 'service', [message(DISCONNECT, u32(14), str(''), str(''))]),
      closes('before the keys', 'negotiated', [message(DISCONNECT, u32(11), str(''), str(''))]),
    ],
  },
];
