import type { Current } from '../domain/current.ts';
import { actingAt } from '../domain/designation.ts';
import type { SharedFolder } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import type { Account, Partner } from '../domain/partner.ts';
import { dateOf } from '../domain/period.ts';
import type {
  Action,
  Authorizer,
  Decision,
  LevelNeed,
  Principal,
  Right,
  RuleRef,
  Session,
} from '../domain/principal.ts';
import { isFor, PARTNERS, type Place, placeOf, SHARED } from '../domain/tree.ts';
import { isWithin, type VPath } from '../domain/vpath.ts';
import { grantInForce, reachOfFolder } from './folder-acts.ts';
import { decideOnInternet, exceptionsOfSession, type OnInternet } from './internet.ts';

const INTAKE_RIGHTS: readonly Right[] = ['list', 'view', 'read', 'create', 'overwrite', 'delete', 'move'];
const MAILBOX_RIGHTS: readonly Right[] = ['list', 'view', 'read', 'delete'];
/** What may be done to a place's own folder: it stands in the configuration, so nobody moves or removes it. */
const FOLDER_ITSELF: readonly Right[] = ['list', 'view'];

/** Names can be looked at by who may see them: a folder that hides until a second factor explains nothing. */
const WITHOUT_LEVEL: ReadonlySet<Action> = new Set(['list', 'view', 'stat']);

/** Of a decision about somebody who is disabled, not designated any more, or whose partner is disabled. */
export const NOT_IN_FORCE: RuleRef = 'accounts#not-in-force';

type Found = { readonly partner: Partner; readonly account: Account };

type Granted = { readonly rights: ReadonlySet<Right>; readonly rule: string };

/** Decides by the generation in force: the standard tree of the partner, then the ACLs of `folders.yaml`. */
export class FolderAuthorizer implements Authorizer {
  readonly #generation: Current<Generation>;
  readonly #now: () => number;

  constructor(generation: Current<Generation>, now: () => number) {
    this.#generation = generation;
    this.#now = now;
  }

  decide(asking: Session, action: Action, asked: VPath): Decision {
    const acting = actingAt(asking, asked);
    if (acting === undefined) return { allowed: false, visible: false, rule: 'designations#none' };
    const { session, path } = acting;
    if (session.designations !== undefined) return decideAboveTops(action);
    const generation = this.#generation.value;
    const found = accountOf(generation, session.principal);
    if (found === undefined || this.#hasEnded(found.account))
      return { allowed: false, visible: false, rule: NOT_IN_FORCE };
    const place = placeOf(generation, found.partner, found.account, path);
    if (place === undefined) return { allowed: false, visible: false, rule: 'standard-tree#nothing' };
    const granted = this.#grantedAt(found.partner, found.account, place, action);
    const visible = granted.rights.has('list') || granted.rights.has('view');
    const allowed = action === 'stat' ? visible : granted.rights.has(action);
    const way = this.#wayOf(session, found, { place, path }, action);
    if (!way.allowed) return { allowed: false, visible: visible && way.visible, rule: way.rule };
    if (!allowed) return { allowed, visible, rule: granted.rule };
    const needs = [...way.needs, ...needsOfPlace(generation, found.partner, found.account, place)];
    const unmet = WITHOUT_LEVEL.has(action) ? undefined : needs.find(({ level }) => level > session.level);
    return unmet === undefined
      ? { allowed, rule: way.rule === '' ? granted.rule : `${granted.rule} ${way.rule}` }
      : { allowed: false, visible: true, rule: unmet.rule, code: 'level-too-low' };
  }

  /** A session outlives the end of a designation where other partners designated the same person. */
  #hasEnded({ until }: Account): boolean {
    return until !== undefined && until < dateOf(this.#now());
  }

  /** What the way somebody came in by takes away: over the internet there is nothing but the flows of his exceptions. */
  #wayOf(
    session: Session,
    { partner, account }: Found,
    { place, path }: { readonly place: Place; readonly path: VPath },
    action: Action,
  ): OnInternet {
    if (session.accessMethod !== 'internet') return { allowed: true, rule: '', needs: [session.needs] };
    const today = dateOf(this.#now());
    const exceptions = exceptionsOfSession(partner, account, session, today);
    const generation = this.#generation.value;
    const inFolder = (folder: SharedFolder) => reachOfFolder(folder, exceptions, generation.authorizations);
    if (place.kind === 'overseen' || isWithin(path, PARTNERS)) {
      return { allowed: false, visible: false, rule: 'hub-roles#not-on-internet' };
    }
    if (place.kind === 'virtual') {
      const some = path === SHARED ? generation.folders.some((folder) => inFolder(folder).flows.length > 0) : true;
      const own = exceptions.length > 0 && some;
      return own ? { allowed: true, rule: '', needs: [] } : { allowed: false, visible: false, rule: 'exceptions#none' };
    }
    const own = { exceptions, flows: place.kind === 'shared' ? [] : flowsAt(partner, account, place) };
    const reach = place.kind === 'shared' ? inFolder(place.shared) : own;
    return decideOnInternet(reach.exceptions, generation, reach.flows, action, today);
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
      case 'overseen':
        return { rights: new Set(FOLDER_ITSELF), rule: 'hub-roles#helpdesk' };
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
    const named = shared.grants.filter((grant) => isFor(grant, partner, account));
    const given = named.map((grant) => grantInForce(this.#generation.value, shared, grant, partner, today));
    const mine = given.filter(({ rights }) => rights.length > 0);
    const rights = new Set(mine.flatMap((grant) => grant.rights));
    const held = depth === 0 ? new Set(FOLDER_ITSELF.filter((right) => rights.has(right))) : rights;
    const granting = mine.filter((grant) => grant.rights.some((right) => isRightFor(right, action)));
    const deciding = [granting, mine, given].find((some) => some.length > 0) ?? [];
    return { rights: held, rule: rulesOf(deciding) || 'folders#no-grant' };
  }
}

/** Each line once: two grants may rest on one act. */
function rulesOf(grants: readonly { readonly rule: RuleRef }[]): RuleRef {
  return [...new Set(grants.flatMap(({ rule }) => rule.split(' ')))].join(' ');
}

function isRightFor(right: Right, action: Action): boolean {
  return action === 'stat' ? FOLDER_ITSELF.includes(right) : right === action;
}

/** Above the trees of a person whom several partners designated there are their names, and nothing else. */
function decideAboveTops(action: Action): Decision {
  const rule = 'designations#folder';
  return WITHOUT_LEVEL.has(action) ? { allowed: true, rule } : { allowed: false, visible: true, rule };
}

/** The partner and account of a principal, as long as both are in force. */
export function accountOf(generation: Generation, principal: Principal): Found | undefined {
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

/** In a flat folder the files of several flows lie together, so it asks for the most that any of them does. */
function needsOfPlace(generation: Generation, partner: Partner, account: Account, place: Place): readonly LevelNeed[] {
  if (place.kind === 'virtual' || place.kind === 'overseen') return [];
  if (place.kind === 'shared') return [{ level: place.shared.level, rule: `${place.shared.source}/level` }];
  const here = flowsAt(partner, account, place);
  return generation.flows
    .filter(({ code }) => here.includes(code))
    .map(({ level, source }) => ({ level, rule: `${source}#/level` }));
}

/** Flows whose files may lie at a place: one, or in a flat tree all that this account works with. */
function flowsAt(
  partner: Partner,
  account: Account,
  place: Extract<Place, { kind: 'intake' | 'mailbox' }>,
): readonly string[] {
  if (place.flow !== undefined) return [place.flow];
  const exchanged = place.kind === 'intake' ? partner.sends : [...new Set([...partner.sends, ...partner.receives])];
  return exchanged.filter((code) => account.flows === 'all' || account.flows.includes(code));
}
