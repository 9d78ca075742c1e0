import type { Current } from '../domain/current.ts';
import type { Generation } from '../domain/generation.ts';
import type { Account, Partner } from '../domain/partner.ts';
import { dateOf } from '../domain/period.ts';
import type { Action, Authorizer, Decision, LevelNeed, Principal, Right, Session } from '../domain/principal.ts';
import { type Place, placeOf } from '../domain/tree.ts';
import type { VPath } from '../domain/vpath.ts';

const INTAKE_RIGHTS: readonly Right[] = ['list', 'view', 'read', 'create', 'overwrite', 'delete', 'move'];
const MAILBOX_RIGHTS: readonly Right[] = ['list', 'view', 'read', 'delete'];
/** What may be done to a place's own folder: it stands in the configuration, so nobody moves or removes it. */
const FOLDER_ITSELF: readonly Right[] = ['list', 'view'];

/** Names can be looked at by who may see them: a folder that hides until a second factor explains nothing. */
const WITHOUT_LEVEL: ReadonlySet<Action> = new Set(['list', 'view', 'stat']);

type Granted = { readonly rights: ReadonlySet<Right>; readonly rule: string };

/** Decides by the generation in force: the standard tree of the partner, then the ACLs of `folders.yaml`. */
export class FolderAuthorizer implements Authorizer {
  readonly #generation: Current<Generation>;
  readonly #now: () => number;

  constructor(generation: Current<Generation>, now: () => number) {
    this.#generation = generation;
    this.#now = now;
  }

  decide(session: Session, action: Action, path: VPath): Decision {
    const generation = this.#generation.value;
    const found = accountOf(generation, session.principal);
    if (found === undefined) return { allowed: false, visible: false, rule: 'accounts#not-in-force' };
    const place = placeOf(found.partner, found.account, generation.folders, path);
    if (place === undefined) return { allowed: false, visible: false, rule: 'standard-tree#nothing' };
    const granted = this.#grantedAt(found.partner, found.account, place, action);
    const visible = granted.rights.has('list') || granted.rights.has('view');
    const allowed = action === 'stat' ? visible : granted.rights.has(action);
    if (!allowed) return { allowed, visible, rule: granted.rule };
    const unmet = WITHOUT_LEVEL.has(action) ? undefined : unmetNeed(session, generation, found, place);
    return unmet === undefined
      ? { allowed, rule: granted.rule }
      : { allowed: false, visible: true, rule: unmet.rule, code: 'level-too-low' };
  }

  #grantedAt(partner: Partner, account: Account, place: Place, action: Action): Granted {
    switch (place.kind) {
      case 'virtual':
        return { rights: new Set(FOLDER_ITSELF), rule: 'standard-tree#folder' };
      case 'intake':
        return { rights: new Set(place.depth === 0 ? FOLDER_ITSELF : INTAKE_RIGHTS), rule: 'standard-tree#intake' };
      case 'mailbox':
        return {
          rights: new Set(place.depth === 0 ? FOLDER_ITSELF : mailboxRights(partner, account)),
          rule: 'standard-tree#mailbox',
        };
      case 'shared':
        return this.#sharedRights(partner, account, place, action);
    }
  }

  /** The rule names the grants that hold the right, or all that were looked at where none does. */
  #sharedRights(
    partner: Partner,
    account: Account,
    { shared, depth }: Extract<Place, { kind: 'shared' }>,
    action: Action,
  ): Granted {
    const today = dateOf(this.#now());
    const mine = shared.grants.filter(
      (grant) =>
        grant.partner === partner.id &&
        (grant.account === undefined || grant.account === account.id) &&
        (grant.until === undefined || today <= grant.until),
    );
    const rights = new Set(mine.flatMap((grant) => grant.rights));
    const held = depth === 0 ? new Set(FOLDER_ITSELF.filter((right) => rights.has(right))) : rights;
    const granting = mine.filter((grant) => grant.rights.some((right) => isRightFor(right, action)));
    const named = granting.length > 0 ? granting : mine;
    return { rights: held, rule: named.map((grant) => grant.rule).join(' ') || 'folders#no-grant' };
  }
}

function isRightFor(right: Right, action: Action): boolean {
  return action === 'stat' ? FOLDER_ITSELF.includes(right) : right === action;
}

/** The partner and account of a principal, as long as both are in force. */
export function accountOf(
  generation: Generation,
  principal: Principal,
): { readonly partner: Partner; readonly account: Account } | undefined {
  const partner = generation.partners.find((candidate) => candidate.id === principal.partner);
  const account = partner?.accounts.find(
    (candidate) => candidate.id === principal.id && candidate.kind === principal.kind,
  );
  if (partner === undefined || account === undefined || partner.disabled || account.disabled) return undefined;
  return { partner, account };
}

/** Persons do not delete in a mailbox that a machine account collects. */
function mailboxRights(partner: Partner, account: Account): readonly Right[] {
  const collected = partner.accounts.some((candidate) => candidate.kind === 'machine' && !candidate.disabled);
  return account.kind === 'person' && collected ? MAILBOX_RIGHTS.filter((right) => right !== 'delete') : MAILBOX_RIGHTS;
}

/** The first of listener, flow and folder that asks for more than this session has proven. */
function unmetNeed(
  session: Session,
  generation: Generation,
  { partner, account }: { readonly partner: Partner; readonly account: Account },
  place: Place,
): LevelNeed | undefined {
  const needs = [session.needs, ...needsOfPlace(generation, partner, account, place)];
  return needs.find(({ level }) => level > session.level);
}

/** In a flat folder the files of several flows lie together, so it asks for the most that any of them does. */
function needsOfPlace(generation: Generation, partner: Partner, account: Account, place: Place): readonly LevelNeed[] {
  if (place.kind === 'virtual') return [];
  if (place.kind === 'shared') return [{ level: place.shared.level, rule: `${place.shared.source}/level` }];
  const mayLieHere = (code: string): boolean => {
    if (place.flow !== undefined) return place.flow === code;
    const exchanged = place.kind === 'intake' ? partner.sends : [...partner.sends, ...partner.receives];
    return exchanged.includes(code) && (account.flows === 'all' || account.flows.includes(code));
  };
  return generation.flows
    .filter(({ code }) => mayLieHere(code))
    .map(({ level, source }) => ({ level, rule: `${source}#/level` }));
}
