import { resolve } from 'node:path';
import { GatewayError } from '../domain/errors.ts';
import type { BreakGlass } from '../gateway-break-glass.ts';
import { askGateway } from '../ops/control-socket.ts';
import { type SigningOptions, signatureOver } from './config-sign.ts';
import { type CommonOptions, controlSocketPath, dataDirectory } from './places.ts';

type Out = NodeJS.WritableStream;
export type Wanted = {
  readonly principal: string;
  readonly path: string;
  readonly reason: string;
  readonly minutes: string;
};

/** Asks for a look at content; with the second person's key or certificate at hand it is opened at once. */
export async function breakGlassOpen(wanted: Wanted, options: CommonOptions & SigningOptions, out: Out): Promise<0> {
  const asked = (await ask(options, 'ask', { ...wanted })) as BreakGlass & { readonly toSign: string };
  const { key, certificate, signature } = options;
  if (signature !== undefined)
    throw new GatewayError('bad-request', 'what is signed is known only now; use --key or --certificate');
  if (key === undefined && certificate === undefined)
    return print(asked, options, out, `asked  ${asked.id}\n\n${asked.toSign}`);
  return breakGlassSign(asked.id, asked.toSign, options, out);
}

/** The second person's signature over what was asked for. */
export async function breakGlassApprove(id: string, options: CommonOptions & SigningOptions, out: Out): Promise<0> {
  const asked = (await ask(options, 'asked', { id })) as { readonly toSign: string };
  return breakGlassSign(id, asked.toSign, options, out);
}

/** Copies one file here, while it is open. */
export async function breakGlassRead(
  id: string,
  path: string,
  to: string,
  options: CommonOptions,
  out: Out,
): Promise<0> {
  const read = (await ask(options, 'read', { id, path, to: resolve(to) })) as { size: number; sha256: string };
  return print(read, options, out, `${to}: ${read.size} bytes, SHA-256 ${read.sha256}\n`);
}

export async function breakGlassList(options: CommonOptions, out: Out): Promise<0> {
  const all = (await ask(options, 'list', {})) as readonly BreakGlass[];
  const lines = all.map(({ id, principal, path, reason, askedAt, opened }) => {
    const state = opened === undefined ? 'not opened' : `opened by ${opened.second} until ${opened.until}`;
    return `${askedAt}  ${id}  ${principal}  ${path}  ${state}: ${reason}\n`;
  });
  return print(all, options, out, lines.join('') || 'nobody asked\n');
}

async function breakGlassSign(id: string, text: string, options: CommonOptions & SigningOptions, out: Out): Promise<0> {
  const signature = await signatureOver(text, options);
  const opened = (await ask(options, 'open', { id, ...signature })) as BreakGlass;
  const { second = '', until = '' } = opened.opened ?? {};
  return print(opened, options, out, `opened  ${id}\nby      ${second}\nuntil   ${until}\n`);
}

async function ask(options: CommonOptions, verb: string, asked: Readonly<Record<string, string>>): Promise<unknown> {
  const socket = controlSocketPath(await dataDirectory(options));
  return askGateway(socket, { command: 'break-glass', arguments: [verb, JSON.stringify(asked)] });
}

function print(value: unknown, { json }: CommonOptions, out: Out, text: string): 0 {
  out.write(json ? `${JSON.stringify(value)}\n` : text);
  return 0;
}
