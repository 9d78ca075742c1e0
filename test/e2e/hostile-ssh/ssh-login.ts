import { edSign } from '../../support/ssh-wire.ts';
import { type Case, type Cause, closes, goes, str, u32 } from './case.ts';
import { banner, FAILED, offer, own, refused, shut, stranger } from './login-steps.ts';
import { LOGIN, publicKeyRequest } from './scene.ts';
import { INFO_RESPONSE, login, loginOf, message, password } from './ssh-messages.ts';

/** Login, RFC 4252 and RFC 4256. */
export const SSH_LOGIN: readonly Cause[] = [
  {
    cause: 'a method that is not offered',
    rule: 'RFC 4252 §5.1: FAILURE with those that are; each counts as a try',
    twin: goes('a question which there are', 'service', [login('none')], [FAILED], 'service'),
    cases: [
      refused('a password', 'method-not-offered', password('secret')),
      refused('a password of 30 kB', 'method-not-offered', password('x'.repeat(30_000))),
      refused('a change of password', 'method-not-offered', login('password', Buffer.of(1), str('old'), str('new'))),
      refused('keyboard-interactive', 'method-not-offered', login('keyboard-interactive', str(''), str(''))),
      refused(
        'hostbased',
        'method-not-offered',
        login(
          'hostbased',
          str('ssh-ed25519'),
          str(stranger.blob),
          str('localhost'),
          str('root'),
          str(edSign(stranger, Buffer.alloc(1))),
        ),
      ),
    ],
  },
  {
    cause: 'a method that nobody knows',
    rule: 'RFC 4252 §5: FAILURE, or the end; here the end',
    twin: goes('one that is known', 'service', [login('none')], [FAILED], 'service'),
    cases: [
      shut('empty', login('')),
      shut('of Kerberos', login('gssapi-with-mic', u32(1), str('x'))),
      shut('in capitals', login('PUBLICKEY', Buffer.of(0), str('ssh-ed25519'), str('x'))),
      shut('with NUL behind', login('none\0')),
      shut('of 30 kB', login('m'.repeat(30_000))),
    ],
  },
  {
    cause: 'a service behind the login that is not there',
    rule: 'RFC 4252 §5: SSH_DISCONNECT_SERVICE_NOT_AVAILABLE',
    twin: goes('one that is', 'service', [login('none')], [FAILED], 'service'),
    cases: [serviceOf('ssh-userauth'), serviceOf(''), serviceOf('ssh-connection\0'), serviceOf('netconf')],
  },
  {
    cause: 'a login that nobody has',
    rule: 'answered as a key that nobody registered; the log has it, cut to a length',
    twin: goes(
      'one that somebody has',
      'service',
      [(scene) => scene.peer.send(scene.loginRequest())],
      ['LOGIN'],
      'login',
    ),
    cases: [
      nobody('root'),
      nobody(''),
      nobody('batch@none'),
      nobody('BATCH@KSZ'),
      nobody('batch@ksz\0'),
      nobody("batch@ksz' OR '1'='1"),
      nobody('n'.repeat(20_000)),
      nobody('../batch@ksz'),
    ],
  },
  {
    cause: 'another login in the middle',
    rule: 'RFC 4252 §5: the server may disconnect, and does: what was refused was refused to somebody',
    twin: goes('the same', 'service', [login('none')], [FAILED], 'service'),
    cases: [
      {
        ...closes('another user', 'service', [login('none'), loginOf('anna@ksz', 'none')], [FAILED, 'DISCONNECT 2']),
        audit: ['login protocol-error'],
      },
    ],
  },
  {
    cause: 'too many tries',
    rule: 'loginTries is 3; the key that would do comes too late',
    twin: {
      ...goes('two', 'service', [password('1'), password('2')], [FAILED, FAILED], 'service'),
      audit: refusedTries(2),
    },
    cases: [
      {
        ...closes(
          'three passwords',
          'service',
          [password('1'), password('2'), password('3')],
          [FAILED, FAILED, 'DISCONNECT 11'],
        ),
        audit: refusedTries(3),
      },
      {
        ...closes(
          'a question, asked four times',
          'service',
          [login('none'), login('none'), login('none'), login('none')],
          [FAILED, FAILED, FAILED, 'DISCONNECT 11'],
        ),
        audit: refusedTries(3),
      },
    ],
  },
  {
    cause: 'a login that is not whole',
    rule: 'RFC 4252 §5, §7',
    twin: goes('a whole one', 'service', [offer('ssh-ed25519', own)], ['PK_OK'], 'service'),
    cases: [
      shut('publickey alone', login('publickey')),
      shut('no algorithm', login('publickey', Buffer.of(0))),
      shut('no key', login('publickey', Buffer.of(0), str('ssh-ed25519'))),
      shut('said to be signed, and not', (scene) =>
        scene.peer.send(publicKeyRequest(LOGIN, 'ssh-ed25519', scene.key.blob, true)),
      ),
      shut('a signature of four gigabytes', (scene) =>
        scene.peer.send(Buffer.concat([publicKeyRequest(LOGIN, 'ssh-ed25519', scene.key.blob, true), u32(0xffffffff)])),
      ),
      shut('a password without one', login('password', Buffer.of(0))),
      shut('keyboard-interactive without languages', login('keyboard-interactive')),
    ],
  },
  {
    cause: 'an answer to a question that nobody asked',
    rule: 'RFC 4256 §3.4: an answer belongs to a request',
    twin: goes('none', 'service', [login('none')], [FAILED], 'service'),
    cases: [
      shut('at once', message(INFO_RESPONSE, u32(1), str('000000'))),
      shut('with none', message(INFO_RESPONSE, u32(0))),
      shut('2^32 - 1 answers', message(INFO_RESPONSE, u32(0xffffffff))),
    ],
  },
  {
    cause: 'another login behind the one that was admitted',
    rule: 'RFC 4252 §5.1 would have it ignored; who asks is no client of ours and is shown out',
    twin: goes('none', 'login', [], [], 'login'),
    cases: [
      {
        ...closes('the same', 'login', [(scene) => scene.peer.send(scene.loginRequest())], ['DISCONNECT 2']),
        audit: ['session protocol-error'],
      },
      {
        ...closes('as somebody else', 'login', [loginOf('batch@rva', 'none')], ['DISCONNECT 2']),
        audit: ['session protocol-error'],
      },
      {
        ...closes('in an open session', 'sftp', [login('none')], ['DISCONNECT 2']),
        audit: ['session protocol-error'],
      },
    ],
  },
];

function serviceOf(name: string): Case {
  const request = message(50, str(LOGIN), str(name), str('none'));
  return {
    ...closes(name === '' ? 'empty' : JSON.stringify(name), 'service', [request], ['DISCONNECT 7']),
    audit: ['login protocol-error'],
  };
}

function nobody(user: string): Case {
  const request = publicKeyRequest(user, 'ssh-ed25519', stranger.blob, false);
  const name = JSON.stringify(user.slice(0, 30));
  return { ...closes(name, 'service', [request], banner), leaves: true, audit: ['login unknown-login'] };
}

function refusedTries(count: number): readonly string[] {
  return Array<string>(count).fill('login method-not-offered');
}
