import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { hashPassword } from '../access/password.ts';
import { newTotpSecret } from '../access/totp.ts';
import { GatewayError } from '../domain/errors.ts';
import { askPassword } from './ask-password.ts';
import { type CommonOptions, dataDirectory, soundSettings } from './places.ts';

const MIN_PASSWORD_LENGTH = 12;
const FOLDER = 'second-factors';

export type FactorKind = 'totp' | 'password';

/**
 * Makes a second factor for one account: a file with the secret of one-time codes, or with the hash of a password that
 * is read from standard input. Prints what to write into the configuration, and for codes the address that an
 * authenticator app takes; that is shown once.
 */
export async function personSecondFactor(name: string, kind: FactorKind, options: CommonOptions): Promise<0> {
  await mustExist(name, options.config);
  const folder = join(await dataDirectory(options), FOLDER);
  const file = join(folder, `${name}.${kind}`);
  const { secret, uri } = kind === 'totp' ? newCodes(name) : { secret: await newHash(), uri: undefined };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeNew(file, `${secret}\n`);
  const named = relative(options.config, file);
  const yaml =
    kind === 'totp'
      ? `secondFactor:\n  totp:\n    secretFile: ${named}\n`
      : `secondFactor:\n  password:\n    hashFile: ${named}\n`;
  if (options.json) process.stdout.write(`${JSON.stringify({ file, named, ...(uri === undefined ? {} : { uri }) })}\n`);
  else process.stdout.write(`${uri === undefined ? '' : `${uri}\n\n`}made ${file}; write with the account:\n\n${yaml}`);
  return 0;
}

function newCodes(name: string): { readonly secret: string; readonly uri: string } {
  const { base32, uri } = newTotpSecret(name);
  return { secret: base32, uri };
}

async function newHash(): Promise<string> {
  const password = await askPassword();
  if (password.length < MIN_PASSWORD_LENGTH) {
    throw new GatewayError('bad-request', `a password has ${MIN_PASSWORD_LENGTH} characters or more`);
  }
  return hashPassword(password);
}

/** @throws GatewayError `not-found` */
async function mustExist(name: string, config: string): Promise<void> {
  const { generation } = await soundSettings(config);
  const [id, partnerId] = name.split('@', 2);
  const partner = generation.partners.find((one) => one.id === partnerId);
  if (partner?.accounts.some((account) => account.id === id)) return;
  throw new GatewayError('not-found', `there is no account ${name}; write it as in anna@rva`);
}

/** @throws GatewayError `precondition-failed` where there is one: a secret that is in use is not thrown away */
async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
    throw new GatewayError('precondition-failed', `${file} is there already; remove it to make a new one`, { cause });
  }
}
