import { resolve } from 'node:path';
import { GatewayError } from '../domain/errors.ts';
import type { BreakGlass } from '../gateway-break-glass-grants.ts';
import type { Challenge } from '../gateway-challenges.ts';
import { askGateway } from '../ops/control-socket.ts';
import { type CommonOptions, controlSocketPath, dataDirectory } from './places.ts';
import { isSigning, type Signature, type SigningOptions, signatureOver } from './signing-options.ts';
import { howToSign, quoted } from './signing-words.ts';

type Out = NodeJS.WritableStream;
export type Wanted = {
  readonly principal: string;
  readonly path: string;
  readonly reason: string;
  readonly minutes: string;
};

type Read = { readonly size: number; readonly sha256: string };
type Asked = BreakGlass & { readonly toSign: string };

/** Asks for a look at content; signed by the one who asks, or by `sluis break-glass sign` later. */
export async function breakGlassOpen(wanted: Wanted, options: CommonOptions & SigningOptions, out: Out): Promise<0> {
  // Its text has an id and a time that nobody knows before.
  if (options.signature !== undefined)
    throw new GatewayError('bad-request', 'ask without --signature, and give it to "sluis break-glass sign"');
  const asked = (await ask(options, 'ask', { ...wanted })) as Asked;
  return printAsked(isSigning(options) ? await proven(asked, options) : asked, options, out);
}

/** The signature of the one who asked, where `open` was not given his key. */
export async function breakGlassProve(id: string, options: CommonOptions & SigningOptions, out: Out): Promise<0> {
  return printAsked(await proven((await ask(options, 'asked', { id })) as Asked, options), options, out);
}

/** The second person's signature over what was asked for opens it. */
export async function breakGlassApprove(id: string, options: CommonOptions & SigningOptions, out: Out): Promise<0> {
  const { toSign } = (await ask(options, 'asked', { id })) as Asked;
  const opened = (await ask(options, 'open', { id, ...(await signatureOver(toSign, options)) })) as BreakGlass;
  const { second = '', until = '' } = opened.opened ?? {};
  return print(opened, options, out, `opened  ${id}\nby      ${second}\nuntil   ${until}\n`);
}

/** Copies one file here, while it is open, for the one who asked: he signs for each. */
export async function breakGlassRead(
  id: string,
  path: string,
  to: string,
  options: CommonOptions & SigningOptions,
  out: Out,
): Promise<0> {
  const words = `break-glass read ${[id, path, to].map(quoted).join(' ')}`;
  const signature = await signatureNow({ id, path }, words, options, out);
  if (signature === undefined) return 0;
  const read = (await ask(options, 'read', { id, path, to: resolve(to), ...signature })) as Read;
  return print(read, options, out, `${to}: ${read.size} bytes, SHA-256 ${read.sha256}\n`);
}

/** What somebody of the hub asked for, or everybody where his role watches over it. */
export async function breakGlassList(options: CommonOptions & SigningOptions, out: Out): Promise<0> {
  const signature = await signatureNow({}, 'break-glass list', options, out);
  if (signature === undefined) return 0;
  const all = (await ask(options, 'list', signature)) as readonly BreakGlass[];
  const lines = all.map(({ id, principal, path, reason, askedAt, signed, opened }) => {
    const notOpened = signed === undefined ? 'not signed' : 'not opened';
    const state = opened === undefined ? notOpened : `opened by ${opened.second} until ${opened.until}`;
    return `${askedAt}  ${id}  ${principal}  ${path}  ${state}: ${reason}\n`;
  });
  return print(all, options, out, lines.join('') || 'nobody asked\n');
}

/** By the key that is there, or made elsewhere over a text that was printed before; with neither, one is printed. */
async function signatureNow(
  what: Readonly<Record<string, string>>,
  words: string,
  options: CommonOptions & SigningOptions,
  out: Out,
): Promise<Signature | undefined> {
  if (options.signature !== undefined) return signatureOver('', options);
  const { toSign, nonce } = (await ask(options, 'challenge', what)) as Challenge;
  if (isSigning(options)) return signatureOver(toSign, options);
  const file = `break-glass-${nonce.slice(0, 8)}.txt`;
  const how = howToSign({ text: toSign, file, givenTo: [[words, 'within ten minutes']] });
  print({ toSign }, options, out, `a signature is needed\n${how}`);
  return undefined;
}

async function proven(asked: Asked, options: CommonOptions & SigningOptions): Promise<Asked> {
  return (await ask(options, 'prove', { id: asked.id, ...(await signatureOver(asked.toSign, options)) })) as Asked;
}

function printAsked(asked: Asked, options: CommonOptions, out: Out): 0 {
  const { id, principal, signed, toSign } = asked;
  const waits = signed === undefined ? `${principal} has to sign it` : 'a second person has to sign it';
  const how = howToSign({
    text: toSign,
    file: `break-glass-${id.slice(0, 8)}.txt`,
    givenTo: [
      ...(signed === undefined ? [[`break-glass sign ${id}`, principal] as const] : []),
      [`break-glass approve ${id}`, 'an approver or security officer, who is somebody else'],
    ],
  });
  return print(asked, options, out, `asked  ${id}\n${waits}\n${how}`);
}

async function ask(options: CommonOptions, verb: string, asked: Readonly<Record<string, string>>): Promise<unknown> {
  const socket = controlSocketPath(await dataDirectory(options));
  return askGateway(socket, { command: 'break-glass', arguments: [verb, JSON.stringify(asked)] });
}

function print(value: unknown, { json }: CommonOptions, out: Out, text: string): 0 {
  out.write(json ? `${JSON.stringify(value)}\n` : text);
  return 0;
}
