import { isAbsolute } from 'node:path';
import { GatewayError } from './domain/errors.ts';
import type { Signature } from './gateway-config-proposals.ts';
import type { Configuration } from './gateway-configuration.ts';

/** `config propose | prove | approve | apply | rollback | proposals`, each with one JSON object. @throws GatewayError */
export async function answerConfig({ proposals, desk }: Configuration, words: readonly string[]): Promise<unknown> {
  const [verb, text = '{}'] = words;
  const asked = parseAsked(text);
  const { name = '', author, message } = asked;
  switch (verb) {
    case 'propose':
      return proposals.propose(folderOf(asked.folder), { author, message });
    case 'rollback':
      return proposals.rollback(name, { author, ...(message === undefined ? {} : { message }) });
    case 'prove':
      return proposals.prove(name, signatureOf(asked));
    case 'approve':
      return proposals.approve(name, signatureOf(asked));
    case 'apply':
      return proposals.apply(name);
    case 'proposals':
      return Promise.all((await desk.proposals.list()).map((one) => proposals.answer(one)));
    case 'proposal':
      return proposals.answer(await desk.proposals.find(name));
    default:
      throw new GatewayError('bad-request', 'config propose | prove | approve | apply | rollback | proposals');
  }
}

/** `break-glass ask | asked | prove | open | challenge | read | list`, each with one JSON object. @throws GatewayError */
export async function answerBreakGlass({ breakGlass }: Configuration, words: readonly string[]): Promise<unknown> {
  const [verb, text = '{}'] = words;
  const asked = parseAsked(text);
  const { id = '', principal = '', path = '', reason = '', minutes = '', to = '' } = asked;
  switch (verb) {
    case 'ask':
      return breakGlass.ask({ principal, path, reason, minutes: Number(minutes) });
    case 'asked':
      return breakGlass.asked(id);
    case 'prove':
      return breakGlass.prove(id, signatureOf(asked));
    case 'open':
      return breakGlass.open(id, signatureOf(asked));
    case 'read':
      return breakGlass.read(id, path, to, signatureOf(asked));
    case 'challenge':
      return breakGlass.challenge(id, path);
    case 'list':
      return breakGlass.list(signatureOf(asked));
    default:
      throw new GatewayError('bad-request', 'break-glass ask | asked | prove | open | challenge | read | list');
  }
}

/** A change on the disk that waits for a second person, for `status`. */
export function unapprovedAlarm({ desk }: Configuration): readonly unknown[] {
  if (desk.held === undefined) return [];
  const { tree, since, changes } = desk.held;
  const waiting = changes.filter(({ needsApproval }) => needsApproval).length;
  return [{ alarm: 'configuration-not-approved', tree, changes: waiting, since: new Date(since).toISOString() }];
}

type Asked = Readonly<Partial<Record<string, string>>>;

function parseAsked(text: string): Asked {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string')) {
    return value as Asked;
  }
  throw new GatewayError('bad-request', 'what is asked is an object of texts');
}

function folderOf(folder: string | undefined): string | undefined {
  if (folder === undefined || isAbsolute(folder)) return folder;
  throw new GatewayError('bad-request', 'the folder is named by its whole path');
}

function signatureOf({ form, signature }: Asked): Signature {
  if ((form === 'ssh' || form === 'certificate') && signature !== undefined) return { form, signature };
  throw new GatewayError('bad-request', 'a signature is of form ssh or certificate');
}
