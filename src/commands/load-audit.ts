import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { GatewayError } from '../domain/errors.ts';
import { askGateway } from '../ops/control-socket.ts';
import type { AuditLine } from '../storage/commands.ts';
import { openSqliteLedger } from '../storage/sqlite-ledger.ts';
import { controlSocketPath } from './places.ts';

/** What is loaded, and where to. */
export type LoadPlan = {
  readonly kind: 'directory-load' | 'mandates-load';
  readonly data: string;
  readonly environment: 'R' | 'T';
  readonly file: string;
};

type Fields = AuditLine['fields'];

/**
 * Loads a file with a line of the audit log before it and one behind it: who, which bytes, what was there and what is there now.
 * Without the first nothing is loaded. A gateway that runs appends them; where none does, they are put into its ledger.
 * @param load gives what the second line tells, and whether anything was loaded
 * @throws GatewayError `not-found` where the file can't be read, and what the load throws
 */
export async function auditedLoad<T>(
  { kind, data, environment, file }: LoadPlan,
  versionBefore: bigint,
  load: () => Promise<{ readonly result: T; readonly loaded: boolean; readonly told: Fields }>,
): Promise<T> {
  const sha256 = await digestOf(file);
  const about = { environment, file, sha256, systemUser: userInfo().username, versionBefore: String(versionBefore) };
  await append(data, { kind, outcome: 'done', fields: { step: 'begun', ...about } });
  try {
    const { result, loaded, told } = await load();
    const outcome = loaded ? 'done' : 'refused';
    await append(data, { kind, outcome, fields: { step: loaded ? 'loaded' : 'refused', ...about, ...told } });
    return result;
  } catch (error) {
    await append(data, { kind, outcome: 'failed', fields: { step: 'failed', ...about } });
    throw error;
  }
}

async function digestOf(file: string): Promise<string> {
  try {
    if (!(await stat(file)).isFile()) throw new GatewayError('bad-request', `${file} is not a file`);
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
    return hash.digest('hex');
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw new GatewayError('not-found', 'the file cannot be read', { cause: error });
  }
}

async function append(data: string, line: AuditLine): Promise<void> {
  await appendLine(data, line);
}

/** Appends a line of what was done beside the gateway: the one that runs does, else it is put into the ledger. */
export async function appendLine(data: string, line: AuditLine): Promise<'gateway' | 'ledger'> {
  try {
    await askGateway(controlSocketPath(data), { command: 'load', arguments: [JSON.stringify(line)] });
    return 'gateway';
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'not-running') throw error;
    await appendOffline(data, line);
    return 'ledger';
  }
}

/** @throws GatewayError where a gateway took the ledger in the meantime, or it can't be written */
async function appendOffline(data: string, line: AuditLine): Promise<void> {
  const broken: Error[] = [];
  const ledger = await openSqliteLedger({ file: join(data, 'ledger.sqlite'), onBroken: (error) => broken.push(error) });
  try {
    await ledger.commit([{ kind: 'audit', line }]);
  } finally {
    await ledger.close();
  }
  if (broken[0] !== undefined) throw broken[0];
}
