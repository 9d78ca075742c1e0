import { basename, isAbsolute } from 'node:path';
import { GatewayError } from '../domain/errors.ts';
import type { Environment, Flow } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import { type Account, institutionName, type Partner } from '../domain/partner.ts';
import type { Principal } from '../domain/principal.ts';
import { type RszName, splitRszName } from '../domain/rsz-name.ts';

/** What a local caller asks to hand in. */
export type Asked = {
  readonly file: string;
  /** The account it is handed in as, `batch@ksz`; undefined where the name of the file leaves one choice. */
  readonly as?: string | undefined;
  /** The code of the flow; undefined where the name of the file tells it. */
  readonly flow?: string | undefined;
  /** Undefined where the name of the file tells it, else R. */
  readonly environment?: Environment | undefined;
};

/** The words of a request: file, account, flow, environment; an empty one was not said. @throws GatewayError `bad-request` */
export function parseAsked([file, as, flow, environment]: readonly string[]): Asked {
  if (file === undefined || !isAbsolute(file))
    throw new GatewayError('bad-request', 'a file is named by its whole path');
  const letter = environment === 'R' || environment === 'T' || environment === 'S' ? environment : undefined;
  return { file, as: as || undefined, flow: flow || undefined, environment: letter };
}

/** Who hands in what. */
export type Sender = {
  readonly partner: Partner;
  readonly principal: Principal;
  readonly flow: Flow;
  readonly name: string;
};

/**
 * The account and flow a local file is handed in for. Without a word of the caller the flow comes from the name of the file,
 * the partner from its sender number or from being the only one that may send this flow, and the account is its machine.
 * @throws GatewayError `bad-request` that says what to add
 */
export function senderOf(generation: Generation, asked: Asked): Sender {
  const name = basename(asked.file);
  const flow = flowOf(generation, asked, name);
  const { partner, account } =
    asked.as === undefined ? onlyAccount(generation, flow, name) : named(generation, asked.as);
  const { kind, id, roles } = account;
  return { partner, principal: { kind, id, partner: partner.id, roles }, flow, name };
}

function flowOf(generation: Generation, asked: Asked, name: string): Flow {
  const code = asked.flow ?? rszNameOf(name)?.content;
  const found = generation.flows.filter((flow) =>
    code === undefined ? new RegExp(`^(?:${flow.pattern})$`, 'u').test(name) : flow.code === code,
  );
  const [flow] = found;
  if (flow !== undefined && found.length === 1) return flow;
  const choices = (found.length > 0 ? found : generation.flows).map((one) => one.code).join(', ');
  throw new GatewayError('bad-request', `the flow of ${name} is not clear; say --flow with one of ${choices}`);
}

type Found = { readonly partner: Partner; readonly account: Account };

function named(generation: Generation, as: string): Found {
  const [id, partnerId] = as.split('@');
  const partner = generation.partners.find((one) => one.id === partnerId && !one.disabled);
  const account = partner?.accounts.find((one) => one.id === id && !one.disabled);
  if (partner === undefined || account === undefined) {
    throw new GatewayError('bad-request', `no account is called ${as}; --as takes <account>@<partner>`);
  }
  return { partner, account };
}

function onlyAccount(generation: Generation, flow: Flow, name: string): Found {
  const number = rszNameOf(name)?.senderNumber;
  const senders = generation.partners.filter(
    (one) =>
      !one.disabled && (number === undefined ? maySend(generation, one, flow) : one.senderNumbers.includes(number)),
  );
  const found = senders.flatMap((partner) =>
    partner.accounts
      .filter((account) => account.kind === 'machine' && !account.disabled)
      .map((account) => ({ partner, account })),
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const choices = found.map(({ partner, account }) => `${account.id}@${partner.id}`).join(', ');
  throw new GatewayError(
    'bad-request',
    `who hands in ${name} is not clear; say --as${choices && `, for one ${choices}`}`,
  );
}

function rszNameOf(name: string): RszName | undefined {
  const split = splitRszName(name);
  return 'name' in split ? split.name : undefined;
}

function maySend({ authorizations }: Generation, partner: Partner, flow: Flow): boolean {
  const own = institutionName(partner.institution);
  return (
    partner.sends.includes(flow.code) &&
    authorizations.some((act) => act.flow === flow.code && institutionName(act.sender) === own)
  );
}
