import { userInfo } from 'node:os';
import { GatewayError } from './domain/errors.ts';
import { parseTicket } from './domain/submission.ts';
import type { UnknownPersonsWatch } from './pipeline/unknown-persons.ts';
import type { AuditLine } from './storage/commands.ts';
import type { ExpectedWatch } from './submissions/expected-watch.ts';
import { Redeliveries } from './submissions/redeliver.ts';
import { Replays } from './submissions/replay.ts';

/** What an operator does with single files, and what the hub warns of. */
export type Operations = {
  readonly replays: Replays;
  readonly redeliveries: Redeliveries;
  readonly unknownPersons: UnknownPersonsWatch;
  readonly expected: Pick<ExpectedWatch, 'missing'>;
};

type Parts = ConstructorParameters<typeof Replays>[0] & Pick<Operations, 'unknownPersons' | 'expected'>;

export function operationsOf(parts: Parts): Operations {
  const { unknownPersons, expected } = parts;
  return { replays: new Replays(parts), redeliveries: new Redeliveries(parts), unknownPersons, expected };
}

/** `replay <ticket>`, `replay <ticket> reject <reason>`. @throws GatewayError as `Replays` */
export function answerReplay({ replays }: Operations, [ticket, word, reason]: readonly string[]): Promise<unknown> {
  const systemUser = userInfo().username;
  if (word === undefined) return replays.lift(parseTicket(ticket), systemUser);
  if (word !== 'reject') throw new GatewayError('bad-request', 'replay <ticket>, or replay <ticket> reject <reason>');
  return replays.reject(parseTicket(ticket), reason ?? '', systemUser);
}

/** `redeliver <delivery>`. @throws GatewayError as `Redeliveries` */
export function answerRedeliver({ redeliveries }: Operations, [delivery = '']: readonly string[]): Promise<unknown> {
  return redeliveries.again(delivery, userInfo().username);
}

/** What stands against partners at this moment, for `status`. */
export async function alarmsOf({ unknownPersons, expected }: Operations, now: number): Promise<readonly unknown[]> {
  const raised = await unknownPersons.raised(now);
  const unknown = raised.map(({ since, ...one }) => ({
    alarm: 'unknown-persons',
    ...one,
    since: new Date(since).toISOString(),
  }));
  const missing = expected.missing().map(({ dueAt, ...one }) => ({
    alarm: 'expected-missing',
    ...one,
    since: new Date(dueAt).toISOString(),
  }));
  return [...unknown, ...missing];
}

const BESIDE = ['directory-load', 'mandates-load', 'configuration-edit', 'proof-revoked'];
const OUTCOMES = ['done', 'refused', 'failed'] as const;

/** The line that a command beside this gateway asks for: it loads, edits the configuration, or revokes. @throws GatewayError `bad-request` */
export function loadLine([text = '']: readonly string[]): AuditLine {
  const { kind, outcome, fields } = JSON.parse(text) as Partial<AuditLine>;
  const known = OUTCOMES.find((one) => one === outcome);
  const isPlain = Object.values(fields ?? {}).every((value) => typeof value === 'string' || typeof value === 'number');
  if (kind === undefined || !BESIDE.includes(kind) || known === undefined || fields === undefined || !isPlain) {
    throw new GatewayError(
      'bad-request',
      'load takes one line about a load, an edit of the configuration, or a revocation',
    );
  }
  return { kind, outcome: known, fields };
}
