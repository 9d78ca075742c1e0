import type { InternetException } from '../domain/exception.ts';
import type { Authorization, FolderGrant, SharedFolder } from '../domain/flow.ts';
import { actOfFolder, partyOf, RIGHTS_OF_PARTY } from '../domain/folder-act.ts';
import { lastDayOf } from '../domain/folder-grant.ts';
import type { Generation } from '../domain/generation.ts';
import type { Partner } from '../domain/partner.ts';
import { type IsoDate, includesDay } from '../domain/period.ts';
import type { Right, RuleRef } from '../domain/principal.ts';

/** What a grant gives on one day, and the lines that say so. Without rights it is as if it were not there. */
export type GrantInForce = { readonly rights: readonly Right[]; readonly rule: RuleRef };

type Known = Pick<Generation, 'authorizations' | 'sectors'>;

/** What may be seen of personal data without an act: that there is a file. */
const WITHOUT_ACT: readonly Right[] = ['list', 'view'];

/**
 * A grant that names an act gives something while the act is in force, is for real data, and speaks of its partner. In a
 * folder with personal data the act also says which way the data go: its sender puts them there, its receivers take them.
 */
export function grantInForce(
  { authorizations, sectors }: Known,
  { content }: Pick<SharedFolder, 'content'>,
  grant: FolderGrant,
  partner: Pick<Partner, 'id' | 'institution'>,
  today: IsoDate,
): GrantInForce {
  const { rights, rule, authorization, until } = grant;
  if (until !== undefined && until < today) return { rights: [], rule };
  const isPersonal = content === 'personal';
  if (authorization === undefined) return { rights: isPersonal ? only(rights, WITHOUT_ACT) : rights, rule };
  const act = authorizations.find(({ id }) => id === authorization);
  if (act === undefined) return { rights: [], rule: `${rule} authorizations#none` };
  const party = isInForce(act, today) ? partyOf(act, partner, sectors) : undefined;
  if (party === undefined) return { rights: [], rule: `${rule} ${act.source}#not-in-force` };
  return { rights: isPersonal ? only(rights, RIGHTS_OF_PARTY[party]) : rights, rule: `${rule} ${ruleOfAct(act)}` };
}

/** As audit lines name it: `authorizations/<id>.yaml#version-2`. */
export function ruleOfAct({ source, version }: Pick<Authorization, 'source' | 'version'>): RuleRef {
  return `${source}#version-${version}`;
}

/**
 * What of somebody's exceptions opens a shared folder over the internet: those whose express authorization is the act the
 * folder rests on. Without flows nothing does.
 */
export function reachOfFolder(
  folder: SharedFolder,
  exceptions: readonly InternetException[],
  authorizations: readonly Authorization[],
): { readonly exceptions: readonly InternetException[]; readonly flows: readonly string[] } {
  const act = actOfFolder(folder, authorizations);
  const express = exceptions.filter(
    ({ flow, fileTransfer }) => flow === act?.flow && fileTransfer?.authorization === act.id,
  );
  return { exceptions: express, flows: act === undefined || express.length === 0 ? [] : [act.flow] };
}

/** The acts that the rule of a decision names. */
export function actsOfRule(
  { authorizations }: Pick<Generation, 'authorizations'>,
  rule: RuleRef,
): readonly Authorization[] {
  const lines = rule.split(' ');
  return authorizations.filter((act) => lines.includes(ruleOfAct(act)));
}

/** The last day on which a rule of a decision allows something by itself; undefined where nothing ends it. */
export function endOfGrants(
  generation: Pick<Generation, 'authorizations' | 'folders'>,
  rule: RuleRef,
): IsoDate | undefined {
  const lines = rule.split(' ');
  const grants = generation.folders.flatMap((folder) => folder.grants).filter((grant) => isNamed(grant, lines));
  const ends = grants.map((grant) => lastDayOf(grant, generation.authorizations));
  return ends.includes(undefined) ? undefined : ends.toSorted().at(-1);
}

/** Grants to a group or a role have a line for the grant and one for the person. */
function isNamed({ rule }: FolderGrant, lines: readonly string[]): boolean {
  return rule.split(' ').every((line) => lines.includes(line));
}

/** What lies in a shared folder is of environment R: nothing there says otherwise. */
function isInForce({ environments, from, until }: Authorization, today: IsoDate): boolean {
  return environments.includes('R') && includesDay({ begin: from, end: until }, today);
}

function only(rights: readonly Right[], allowed: readonly Right[]): readonly Right[] {
  return rights.filter((right) => allowed.includes(right));
}
