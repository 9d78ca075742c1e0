import { codeOf } from '../../support/one-time-code.ts';
import { type Case, type Cause, closes, goes, type Step, str, u32 } from './case.ts';
import type { Scene } from './scene.ts';
import { INFO_RESPONSE, login, loginOf, message } from './ssh-messages.ts';

const ACCOUNT = 'anna@ksz';
export const SECRET = '12345678901234567890';
const STEP_MS = 30_000;

const proven: Step = (scene: Scene) => scene.peer.send(scene.loginRequest());
const asked = loginOf(ACCOUNT, 'keyboard-interactive', str(''), str(''));
const answers = (...texts: readonly string[]): Buffer => message(INFO_RESPONSE, u32(texts.length), ...texts.map(str));
const rightCode: Step = (scene: Scene) =>
  scene.peer.send(answers(codeOf(Buffer.from(SECRET), Math.floor(Date.now() / STEP_MS))));
const FIRST = 'FAILURE keyboard-interactive partly done';
const AGAIN = 'FAILURE keyboard-interactive';
/** One thing is asked when the other was answered. */
const hear: Step = (scene: Scene) => scene.hear();
const begun: readonly Step[] = [proven, hear, asked, hear];

const by = (one: Case): Case => ({ ...one, account: ACCOUNT });
const refused = (what: string, answer: Step): Case =>
  by({
    ...closes(what, 'service', [...begun, answer], [FIRST, 'QUESTION', 'BANNER', AGAIN]),
    leaves: true,
    audit: ['second-factor second-factor-wrong'],
  });
const broke = (what: string, steps: readonly Step[], ...expected: readonly string[]): Case =>
  by({ ...closes(what, 'service', steps, [...expected, 'DISCONNECT 2']), audit: ['login protocol-error'] });

/** As far as one comes without the code. */
const question = by({ ...closes('the key, then the question', 'service', begun, [FIRST, 'QUESTION']), leaves: true });

/** A one-time code behind the key, RFC 4256: one question, one answer. */
export const SSH_SECOND_FACTOR: readonly Cause[] = [
  {
    cause: 'an answer that is no code',
    rule: 'RFC 4256 §3.4: FAILURE, and another try',
    twin: by(goes('the code', 'service', [...begun, rightCode], [FIRST, 'QUESTION', 'LOGIN'], 'login')),
    cases: [
      refused('empty', answers('')),
      refused('another number', answers('000000')),
      refused('30 kB', answers('0'.repeat(30_000))),
      refused('text', answers('open sesame')),
    ],
  },
  {
    cause: 'more or fewer answers than questions',
    rule: 'RFC 4256 §3.4: FAILURE, whatever the first of them says',
    twin: question,
    cases: [
      refused('none', answers()),
      refused('two', answers('000000', '000000')),
      refused('a hundred', answers(...Array<string>(100).fill('000000'))),
      refused('the code, and one more', (scene) => {
        const code = codeOf(Buffer.from(SECRET), Math.floor(Date.now() / STEP_MS) + 1);
        scene.peer.send(answers(code, 'more'));
      }),
    ],
  },
  {
    cause: 'an answer that is not whole, or without a question',
    rule: 'RFC 4251 §5; SSH_DISCONNECT_PROTOCOL_ERROR',
    twin: question,
    cases: [
      broke('2^32 - 1 answers and none', [...begun, message(INFO_RESPONSE, u32(0xffffffff))], FIRST, 'QUESTION'),
      broke(
        'an answer of four gigabytes',
        [...begun, message(INFO_RESPONSE, u32(1), u32(0xffffffff))],
        FIRST,
        'QUESTION',
      ),
      broke('no count', [...begun, message(INFO_RESPONSE)], FIRST, 'QUESTION'),
      broke('before the key', [answers('000000')]),
      broke('behind the key, without a question', [proven, hear, answers('000000')], FIRST),
    ],
  },
  {
    cause: 'the second factor before, or instead of, the first',
    rule: 'RFC 4252 §5.1: FAILURE with the method that is due',
    twin: question,
    cases: [
      by({
        ...closes('before the key', 'service', [asked], ['FAILURE publickey']),
        leaves: true,
        audit: ['login method-not-offered'],
      }),
      by({
        ...closes('the key twice', 'service', [proven, hear, proven], [FIRST, AGAIN]),
        leaves: true,
        audit: ['login method-not-offered'],
      }),
      by({
        ...closes(
          'a password behind the key',
          'service',
          [proven, hear, loginOf(ACCOUNT, 'password', Buffer.of(0), str('x'))],
          [FIRST, AGAIN],
        ),
        leaves: true,
        audit: ['login method-not-offered'],
      }),
      broke('the code of somebody else', [proven, hear, login('keyboard-interactive', str(''), str(''))], FIRST),
      by({
        ...closes(
          'a channel behind the key alone',
          'service',
          [proven, hear, message(90, str('session'), u32(0), u32(1000), u32(32_768))],
          [FIRST, 'DISCONNECT 2'],
        ),
        audit: ['login protocol-error'],
      }),
    ],
  },
];
