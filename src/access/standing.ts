import type { Listener } from '../domain/generation.ts';
import type { IsoDate } from '../domain/period.ts';
import { includesDay } from '../domain/period.ts';
import type { LevelNeed } from '../domain/principal.ts';
import { accessRefusal } from './access-method.ts';
import type { RefusalReason } from './admission.ts';
import type { Identity } from './identify.ts';
import { exceptionsInForce, internetRefusal, levelOnInternet } from './internet.ts';

/** How and when somebody comes. */
type Coming = { readonly listener: Listener; readonly remoteAddress: string; readonly today: IsoDate };

const REGULATION_REFUSALS = {
  'not-accepted': 'regulation-not-accepted',
  'other-version': 'regulation-other-version',
} as const satisfies Record<string, RefusalReason>;

/** Why an account, whose proof is good, may not come in today by this way; undefined where it may. */
export function refusalToday(identity: Identity, coming: Coming): RefusalReason | undefined {
  return standingRefusal(identity, coming.today) ?? wayRefusal(identity, coming);
}

/** Whether partner and account are in force on this day. */
export function isInForce(identity: Identity, today: IsoDate): boolean {
  return standingRefusal(identity, today) === undefined;
}

function standingRefusal({ partner, account }: Identity, today: IsoDate): RefusalReason | undefined {
  if (partner.disabled) return 'partner-disabled';
  if (account.disabled) {
    return account.regulation === undefined ? 'account-disabled' : REGULATION_REFUSALS[account.regulation];
  }
  const designation = { begin: account.from ?? today, end: account.until };
  return includesDay(designation, today) ? undefined : 'not-designated';
}

/** Whether this way in is the partner's, or over the internet an exception of the person. */
function wayRefusal(
  { partner, account }: Identity,
  { listener, remoteAddress, today }: Coming,
): RefusalReason | undefined {
  const { accessMethod, protocol } = listener;
  if (accessMethod !== 'internet') return accessRefusal(partner, accessMethod, remoteAddress);
  return internetRefusal(partner, account, { protocol, remoteAddress, today });
}

/** What a session must have proven to do more than look at names, before a place asks for more. */
export function neededFirst(identities: readonly Identity[], coming: Coming): LevelNeed {
  const { listener } = coming;
  const needs = { level: listener.level, rule: `${listener.rule}/level` };
  return listener.accessMethod === 'internet' ? levelOnInternet(exceptionsOf(identities, coming), needs) : needs;
}

/** The acts by which somebody came in over the internet, and whether he sits there himself, for the audit line. */
export function exceptionFields(identities: readonly Identity[], coming: Coming): Readonly<Record<string, string>> {
  if (coming.listener.accessMethod !== 'internet') return {};
  const used = exceptionsOf(identities, coming);
  return { exceptions: used.map(({ id }) => id).join(' '), use: [...new Set(used.map(({ use }) => use))].join(' ') };
}

function exceptionsOf(identities: readonly Identity[], { listener, remoteAddress, today }: Coming) {
  const visit = { protocol: listener.protocol, remoteAddress, today };
  return identities.flatMap(({ partner, account }) => exceptionsInForce(partner, account, visit));
}
