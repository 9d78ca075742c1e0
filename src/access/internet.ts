import { type InternetException, rightsOfException } from '../domain/exception.ts';
import type { Authorization } from '../domain/flow.ts';
import type { Generation, Listener } from '../domain/generation.ts';
import { coversAddress } from '../domain/network.ts';
import type { Account, Partner } from '../domain/partner.ts';
import { type IsoDate, includesDay } from '../domain/period.ts';
import type { Action, LevelNeed, Protocol, RuleRef, Session } from '../domain/principal.ts';
import type { RefusalReason } from './admission.ts';

/** How somebody comes in, and on which day. */
export type Visit = {
  readonly protocol: Listener['protocol'];
  readonly remoteAddress: string;
  readonly today: IsoDate;
};

const PROTOCOL_OF_LISTENER = {
  webdav: 'https',
  portal: 'https',
  sftp: 'sftp',
  watcher: undefined,
} as const satisfies Record<Protocol, Listener['protocol'] | undefined>;

/** Exceptions by which this account may come in now, this way. */
export function exceptionsInForce(partner: Partner, account: Account, visit: Visit): readonly InternetException[] {
  return exceptionsNaming(partner, account).filter(
    (one) => isInForce(one, visit.today) && one.protocols.includes(visit.protocol) && reaches(one, visit),
  );
}

/** The same for a session that is open. */
export function exceptionsOfSession(
  partner: Partner,
  account: Account,
  { protocol, remoteAddress }: Session,
  today: IsoDate,
): readonly InternetException[] {
  const way = PROTOCOL_OF_LISTENER[protocol];
  return way === undefined ? [] : exceptionsInForce(partner, account, { protocol: way, remoteAddress, today });
}

/** Why an account may not come in over the internet: closed, but for persons with an exception that is in force. */
export function internetRefusal(partner: Partner, account: Account, visit: Visit): RefusalReason | undefined {
  if (account.kind === 'machine') return 'machine-on-internet';
  const mine = exceptionsNaming(partner, account);
  const inForce = mine.filter((one) => isInForce(one, visit.today));
  if (inForce.length === 0) return notInForce(mine, visit.today);
  const spoken = inForce.filter((one) => one.protocols.includes(visit.protocol));
  if (spoken.length === 0) return 'exception-protocol';
  return spoken.some((one) => reaches(one, visit)) ? undefined : 'exception-address';
}

/** The level that is asked for first: of the mildest exception; each flow asks for its own afterwards. */
export function levelOnInternet(exceptions: readonly InternetException[], listener: LevelNeed): LevelNeed {
  const mild = exceptions.find(({ level }) => level === 1);
  return mild === undefined ? listener : { level: mild.level, rule: `${mild.source}/level` };
}

/** What the exceptions of a session say of an action on a place where files of some flows lie. */
export type OnInternet =
  | { readonly allowed: true; readonly rule: RuleRef; readonly needs: readonly LevelNeed[] }
  | { readonly allowed: false; readonly visible: boolean; readonly rule: RuleRef };

const NOT_COVERED: OnInternet = { allowed: false, visible: false, rule: 'exceptions#none-for-this-place' };

/**
 * A place is reached where each flow that may lie there has an exception, and an action may be done where each flow has one
 * that allows it.
 */
export function decideOnInternet(
  exceptions: readonly InternetException[],
  { authorizations }: Pick<Generation, 'authorizations'>,
  flows: readonly string[],
  action: Action,
  today: IsoDate,
): OnInternet {
  if (flows.length === 0) return NOT_COVERED;
  const allowing: InternetException[] = [];
  for (const flow of flows) {
    const covering = exceptions.filter((one) => one.flow === flow);
    if (covering.length === 0) return NOT_COVERED;
    const permitting = covering.filter((one) => {
      const rights = rightsOfException(withTransferOf(one, authorizations, today));
      return action === 'stat' ? rights.has('view') : rights.has(action);
    });
    const mildest = permitting.toSorted((a, b) => a.level - b.level)[0];
    if (mildest === undefined) {
      return { allowed: false, visible: true, rule: covering.map(({ source }) => source).join(' ') };
    }
    allowing.push(mildest);
  }
  return {
    allowed: true,
    rule: allowing.map(({ source }) => source).join(' '),
    needs: allowing.map(({ level, source }) => ({ level, rule: `${source}/level` })),
  };
}

/** The express authorization counts while its act is in force. */
function withTransferOf(
  exception: InternetException,
  authorizations: readonly Authorization[],
  today: IsoDate,
): InternetException {
  const { fileTransfer, flow } = exception;
  const inForce = authorizations.some(
    (act) =>
      act.id === fileTransfer?.authorization &&
      act.flow === flow &&
      includesDay({ begin: act.from, end: act.until }, today),
  );
  return inForce ? exception : { ...exception, fileTransfer: undefined };
}

function exceptionsNaming(partner: Partner, account: Account): readonly InternetException[] {
  if (account.kind === 'machine') return [];
  return (partner.exceptions ?? []).filter(({ persons }) => persons.includes(account.id));
}

function isInForce({ state, from, until }: InternetException, today: IsoDate): boolean {
  return state === 'active' && from !== undefined && includesDay({ begin: from, end: until }, today);
}

function notInForce(mine: readonly InternetException[], today: IsoDate): RefusalReason {
  const active = mine.filter(({ state }) => state === 'active');
  if (active.some(({ from }) => from === undefined || today < from)) return 'exception-not-begun';
  if (mine.some(({ state }) => state !== 'active' && state !== 'ended')) return 'exception-not-active';
  return mine.length > 0 ? 'exception-ended' : 'internet-without-exception';
}

function reaches({ addresses }: InternetException, { remoteAddress }: Visit): boolean {
  return addresses.length === 0 || addresses.some((address) => coversAddress(address, remoteAddress));
}
