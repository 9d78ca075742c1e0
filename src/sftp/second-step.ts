import type { KeyboardAuthContext } from 'ssh2';

const TITLE = 'Second factor';
const INSTRUCTION = 'Your key is accepted. Give the code of your authenticator as well.';
const MAX_ANSWER = 64; // a longer one is no code

/**
 * Asks for a one-time code: SSH_MSG_USERAUTH_INFO_REQUEST with one prompt, not echoed (RFC 4256 §3.2).
 * @returns undefined where the client gave the request up
 */
export function askCode(context: KeyboardAuthContext): Promise<string | undefined> {
  return new Promise((resolve) => {
    context.prompt([{ prompt: 'One-time code: ', echo: false }], TITLE, INSTRUCTION, (answers: unknown) => {
      if (!Array.isArray(answers)) return resolve(undefined);
      // RFC 4256 §3.4: as many answers as questions, or none counts.
      const first: unknown = answers.length === 1 ? answers[0] : undefined;
      resolve(typeof first === 'string' ? first.slice(0, MAX_ANSWER).replaceAll(/\s/g, '') : '');
    });
  });
}
