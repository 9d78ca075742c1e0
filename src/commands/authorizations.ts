import type { Authorization, AuthorizedReceiver } from '../domain/flow.ts';
import { institutionName } from '../domain/partner.ts';
import { dateOf, type IsoDate, includesDay } from '../domain/period.ts';
import { soundSettings } from './places.ts';

/** An act as everybody may read it. */
type PublicAct = Omit<Authorization, 'sender' | 'receivers' | 'users' | 'source'> & {
  readonly sender: string;
  readonly receivers: readonly (Omit<AuthorizedReceiver, 'institution'> & { readonly institution: string })[];
  /** How many users the act names: they are people. */
  readonly users?: number | undefined;
  readonly inForce: boolean;
};

/**
 * Lists every authorization, by id and version: who may give what to whom, by which act, and whether it is in force today.
 * @throws GatewayError `bad-request` where the configuration has problems
 */
export async function authorizationsList(
  options: { readonly config: string; readonly json: boolean },
  out: NodeJS.WritableStream,
): Promise<0> {
  const { generation } = await soundSettings(options.config);
  const acts = publicActs(generation.authorizations, dateOf(Date.now()));
  if (options.json) out.write(`${JSON.stringify({ generation: generation.id, authorizations: acts })}\n`);
  else out.write(acts.map(actText).join('\n'));
  return 0;
}

function publicActs(acts: readonly Authorization[], today: IsoDate): readonly PublicAct[] {
  return acts
    .toSorted((one, other) => (one.id === other.id ? one.version - other.version : one.id < other.id ? -1 : 1))
    .map(({ source: _source, sender, receivers, users, ...act }) => ({
      ...act,
      sender: institutionName(sender),
      receivers: receivers.map((receiver) => ({ ...receiver, institution: institutionName(receiver.institution) })),
      users: users?.length,
      inForce: isInForce(act, acts, today),
    }));
}

/** A version whose successor is in force is not. */
function isInForce(
  act: Pick<Authorization, 'id' | 'version' | 'from' | 'until'>,
  acts: readonly Authorization[],
  today: IsoDate,
): boolean {
  const holds = ({ from, until }: Pick<Authorization, 'from' | 'until'>) =>
    includesDay({ begin: from, end: until }, today);
  return holds(act) && !acts.some((one) => one.id === act.id && one.version > act.version && holds(one));
}

const LEVELS = ['applications', 'questions', 'information'] as const;

function actText(act: PublicAct): string {
  const until = act.until === undefined ? '' : ` until ${act.until}`;
  const levels = LEVELS.flatMap((level) =>
    act[level] === undefined ? [] : [`  ${level}: ${act[level].join(', ')}\n`],
  );
  return [
    `${act.id} version ${act.version}, ${act.inForce ? 'in force' : 'not in force'}, from ${act.from}${until}\n`,
    `  ${act.instrument}: ${act.reference}\n`,
    `  ${act.act} of ${act.flow} for ${act.purpose}, environments ${act.environments.join(' ')}\n`,
    ...levels,
    ...(act.users === undefined ? [] : [`  users: ${act.users} named\n`]),
    ...act.receivers.map((receiver) => `  ${act.sender} to ${receiverText(receiver)}\n`),
  ].join('');
}

function receiverText({ institution, line, qualities, blocks }: PublicAct['receivers'][number]): string {
  const known = line === 'none' ? 'without a line' : `with quality ${qualities.join(' ')}`;
  return `${institution} ${known}: ${blocks.join(', ')}`;
}
