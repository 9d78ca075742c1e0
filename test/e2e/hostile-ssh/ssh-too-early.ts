import { type Case, type Cause, closes, goes, type Step, str, u32 } from './case.ts';
import { channelData, channelRequest, openSession, type Scene, type Stage } from './scene.ts';
import {
  CHANNEL_CLOSE,
  CHANNEL_EOF,
  EXT_INFO,
  EXTENDED_DATA,
  global,
  INFO_RESPONSE,
  login,
  message,
  onChannel,
  SERVICE_REQUEST,
  service,
  WINDOW_ADJUST,
} from './ssh-messages.ts';

const early = (what: string, from: Stage, steps: readonly Step[], ...expected: readonly string[]): Case => ({
  ...closes(what, from, steps, expected),
  audit: ['login protocol-error'],
});
const asked = (scene: Scene) => scene.peer.send(scene.loginRequest());
const opened = (what: string, ...steps: readonly Step[]): Case => goes(what, 'identified', steps, [], 'identified');
const BEFORE_KEYS = ['KEXINIT', 'DISCONNECT 3'] as const;
const AUTH = service('ssh-userauth');

/** Messages that stand in the right order nowhere but later: RFC 4253 §7.1, RFC 4252 §5.1, RFC 4254 §1. */
export const SSH_TOO_EARLY: readonly Cause[] = [
  {
    cause: 'a message of login or of channels in the place of KEXINIT',
    rule: 'RFC 4253 §7: the exchange comes first',
    twin: opened('KEXINIT'),
    cases: [
      early('SERVICE_REQUEST', 'identified', [AUTH], ...BEFORE_KEYS),
      early('a login without a key', 'identified', [login('none')], ...BEFORE_KEYS),
      early('a login with a password', 'identified', [login('password', Buffer.of(0), str('x'))], ...BEFORE_KEYS),
      early('a channel', 'identified', [openSession()], ...BEFORE_KEYS),
      early('a global request', 'identified', [global('tcpip-forward', true, str(''), u32(0))], ...BEFORE_KEYS),
      early('LOGIN, as the server says it', 'identified', [message(52)], ...BEFORE_KEYS),
      early('a type nobody knows', 'identified', [message(199)], ...BEFORE_KEYS),
    ],
  },
  {
    cause: 'a message of login or of channels in the middle of the first exchange',
    rule: 'RFC 4253 §7.1: between KEXINIT and NEWKEYS none of them',
    twin: goes('none', 'negotiated', [], [], 'negotiated'),
    cases: [
      early('SERVICE_REQUEST', 'negotiated', [AUTH], 'DISCONNECT 3'),
      early('a login', 'negotiated', [login('none')], 'DISCONNECT 3'),
      early('a channel', 'negotiated', [openSession()], 'DISCONNECT 3'),
      early('data', 'exchanged', [channelData(0, Buffer.from('x'))]),
      early('SERVICE_REQUEST before NEWKEYS', 'exchanged', [AUTH]),
      early('LOGIN, as the server says it', 'exchanged', [message(52)]),
    ],
  },
  {
    cause: 'a login before the service was asked for',
    rule: 'RFC 4253 §10, RFC 4252 §4: SERVICE_REQUEST "ssh-userauth" comes first',
    twin: goes('behind it', 'keys', [AUTH, login('none')], ['SERVICE_ACCEPT', 'FAILURE publickey'], 'service'),
    cases: [
      early('without a key', 'keys', [login('none')], 'DISCONNECT 2'),
      early('with a key that would do', 'keys', [asked], 'DISCONNECT 2'),
      early('with a password', 'keys', [login('password', Buffer.of(0), str('x'))], 'DISCONNECT 2'),
      early('an answer to no question', 'keys', [message(INFO_RESPONSE, u32(0))], 'DISCONNECT 2'),
    ],
  },
  {
    cause: 'a service that nobody offers',
    rule: 'RFC 4253 §10: SSH_DISCONNECT_SERVICE_NOT_AVAILABLE',
    twin: goes('one that is offered', 'keys', [AUTH], ['SERVICE_ACCEPT'], 'service'),
    cases: [
      early('ssh-connection, without a login', 'keys', [service('ssh-connection')], 'DISCONNECT 7'),
      early('empty', 'keys', [service('')], 'DISCONNECT 7'),
      early('in capitals', 'keys', [service('SSH-USERAUTH')], 'DISCONNECT 7'),
      early('with NUL behind', 'keys', [service('ssh-userauth\0')], 'DISCONNECT 7'),
      early('of 30 kB', 'keys', [service('s'.repeat(30_000))], 'DISCONNECT 7'),
      early('the same again', 'service', [AUTH], 'DISCONNECT 7'),
      { ...early('the same in an open session', 'sftp', [AUTH], 'DISCONNECT 7'), audit: ['session protocol-error'] },
    ],
  },
  {
    cause: 'a message of the transport or of login that is not whole',
    rule: 'RFC 4251 §5; SSH_DISCONNECT_PROTOCOL_ERROR',
    twin: goes(
      'extensions of the client',
      'keys',
      [message(EXT_INFO, u32(1), str('ext-info-in-auth@openssh.com'), str('0'))],
      [],
      'keys',
    ),
    cases: [
      early('SERVICE_REQUEST without a name', 'keys', [message(SERVICE_REQUEST)], 'DISCONNECT 2'),
      early(
        'a service that claims four gigabytes',
        'keys',
        [message(SERVICE_REQUEST, u32(0xffffffff))],
        'DISCONNECT 2',
      ),
      early('2^32 - 1 extensions and none', 'keys', [message(EXT_INFO, u32(0xffffffff))], 'DISCONNECT 2'),
      early('UNIMPLEMENTED without a number', 'keys', [message(3)], 'DISCONNECT 2'),
      early('DEBUG without its text', 'keys', [message(4, Buffer.of(1))], 'DISCONNECT 2'),
      early(
        'a login without a method',
        'service',
        [message(50, str('batch@ksz'), str('ssh-connection'))],
        'DISCONNECT 2',
      ),
      early('a login whose user claims four gigabytes', 'service', [message(50, u32(0xffffffff))], 'DISCONNECT 2'),
    ],
  },
  {
    cause: 'a message of channels before the login is done',
    rule: 'RFC 4252 §6, RFC 4254 §1: the server disconnects',
    twin: goes('a login', 'service', [asked], ['LOGIN'], 'login'),
    cases: [
      early('a channel', 'service', [openSession()], 'DISCONNECT 2'),
      early('a channel before the service', 'keys', [openSession()], 'DISCONNECT 2'),
      early(
        'a channel with the login that is refused',
        'service',
        [login('none'), openSession()],
        'FAILURE publickey',
        'DISCONNECT 2',
      ),
      early('data', 'service', [channelData(0, Buffer.from('x'))], 'DISCONNECT 2'),
      early('a window', 'service', [onChannel(WINDOW_ADJUST, 0, u32(1))], 'DISCONNECT 2'),
      early('a subsystem', 'service', [channelRequest(0, 'subsystem', true, str('sftp'))], 'DISCONNECT 2'),
      early('a global request', 'service', [global('keepalive@openssh.com', true)], 'DISCONNECT 2'),
      early('the end of a channel', 'service', [onChannel(CHANNEL_CLOSE, 0)], 'DISCONNECT 2'),
    ],
  },
  {
    cause: 'an answer of channels before the login is done',
    rule: 'as above: answers are messages of channels too',
    twin: goes('a key that is asked about first', 'service', [], [], 'service'),
    cases: [
      early('OPEN_CONFIRMATION', 'service', [message(91, u32(0), u32(0), u32(1), u32(32_768))], 'DISCONNECT 2'),
      early('OPEN_FAILURE', 'service', [message(92, u32(0), u32(1), str(''), str(''))], 'DISCONNECT 2'),
      early('CHANNEL_SUCCESS', 'service', [onChannel(99, 0)], 'DISCONNECT 2'),
      early('CHANNEL_FAILURE', 'service', [onChannel(100, 0)], 'DISCONNECT 2'),
      early('the end of data', 'service', [onChannel(CHANNEL_EOF, 0)], 'DISCONNECT 2'),
      early('data of another kind', 'service', [onChannel(EXTENDED_DATA, 0, u32(1), str('x'))], 'DISCONNECT 2'),
    ],
  },
  {
    cause: 'what a server says, said by a client that is not logged in',
    rule: 'nobody becomes somebody by it (CVE-2018-10933); the message has no meaning here: SSH_MSG_UNIMPLEMENTED, RFC 4253 §11.4',
    twin: goes('nothing of the kind', 'service', [], [], 'service'),
    cases: [
      early('LOGIN, then a channel', 'service', [message(52), openSession()], 'UNIMPLEMENTED', 'DISCONNECT 2'),
      early(
        'LOGIN before the service, then a channel',
        'keys',
        [message(52), openSession()],
        'UNIMPLEMENTED',
        'DISCONNECT 2',
      ),
      early(
        'SERVICE_ACCEPT, then a channel',
        'keys',
        [message(6, str('ssh-connection')), openSession()],
        'UNIMPLEMENTED',
        'DISCONNECT 2',
      ),
      early(
        'FAILURE with partial success, then a channel',
        'service',
        [message(51, str('publickey'), Buffer.of(1)), openSession()],
        'UNIMPLEMENTED',
        'DISCONNECT 2',
      ),
      goes('a banner', 'service', [message(53, str('hello'), str(''))], ['UNIMPLEMENTED'], 'service'),
      goes('PK_OK', 'service', [message(60, str('ssh-ed25519'), str('x'))], ['UNIMPLEMENTED'], 'service'),
    ],
  },
];
