import { accountOf } from '../access/authorizer.ts';
import { type EffectivePlace, effectiveTree } from '../access/effective.ts';
import { endOfGrants } from '../access/folder-acts.ts';
import { exceptionsInForce, exceptionsOfSession } from '../access/internet.ts';
import { belowTop } from '../domain/designation.ts';
import type { Authorization, Flow } from '../domain/flow.ts';
import type { Generation, Limits } from '../domain/generation.ts';
import { coversAddress } from '../domain/network.ts';
import { type Account, institutionName, type Language, type Partner } from '../domain/partner.ts';
import { dateOf } from '../domain/period.ts';
import { type Authorizer, type PartnerId, principalName, type Session } from '../domain/principal.ts';
import type { RightsText } from '../texts/rights-texts.ts';
import { textOf } from '../texts/texts.ts';
import { absent } from '../vfs/places.ts';
import type { Rights } from './schemas/rights.ts';

type Facts = {
  readonly generation: Generation;
  readonly authorizer: Authorizer;
  readonly language: Language;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** One of the caller's designations. */
type Role = { readonly session: Session; readonly top: PartnerId | undefined } & {
  readonly partner: Partner;
  readonly account: Account;
};

const SHOWN_LIMITS = [
  'simulationBytesPerHour',
  'maxConnectionsPerPrincipal',
  'partialUploadHours',
  'stepUpHours',
] as const satisfies readonly (keyof Limits)[];

/**
 * What the caller may do, and by which document: what `decide` answers, and the acts behind it.
 * @throws GatewayError `not-found` for who is not in force any more
 */
export function rightsOf(facts: Facts, session: Session, level: 1 | 2): Rights {
  const roles = rolesOf(facts, session);
  const [first] = roles;
  if (first === undefined) throw absent();
  const { account } = first;
  return {
    person: principalName(session.principal),
    designation:
      account.designatedBy === undefined
        ? null
        : { act: account.designatedBy, from: account.from ?? null, until: account.until ?? null },
    regulation: account.accepted ?? null,
    access: roles.flatMap((role) => accessOf(facts, role)),
    exceptions: roles.flatMap((role) => exceptionsOf(facts, role)),
    level,
    folders: roles.flatMap((role) => foldersOf(facts, role)),
    flows: roles.flatMap((role) => flowsOf(facts, role)),
    limits: limitsOf(facts, first.partner),
    at: new Date(facts.now).toISOString(),
  };
}

function rolesOf({ generation }: Facts, session: Session): readonly Role[] {
  const { designations } = session;
  const principals = designations ?? [session.principal];
  return principals.flatMap((principal) => {
    const found = accountOf(generation, principal);
    if (found === undefined) return [];
    const top = designations === undefined ? undefined : principal.partner;
    return { ...found, top, session: { ...session, principal, designations: undefined } };
  });
}

function accessOf({ language, now }: Facts, { partner, account, session }: Role): Rights['access'] {
  const registered = partner.accessMethods.map(({ method, address }) => {
    const isThis = method === session.accessMethod && coversAddress(address, session.remoteAddress);
    const why = textOf((isThis ? 'access-now' : 'access-registered') satisfies RightsText, language);
    return { method, address, allowed: true, why };
  });
  const today = dateOf(now);
  const visit = { protocol: 'https', remoteAddress: session.remoteAddress, today } as const;
  const inForce = account.kind === 'person' ? exceptionsInForce(partner, account, visit) : [];
  const code = inForce.length > 0 ? 'access-by-exception' : 'access-no-exception';
  const names = inForce.map(({ id }) => id).join(', ');
  const why = textOf(code satisfies RightsText, language, names);
  return [...registered, { method: 'internet', address: '*', allowed: inForce.length > 0, why }];
}

function exceptionsOf({ language }: Facts, { partner, account }: Role): Rights['exceptions'] {
  return (partner.exceptions ?? [])
    .filter(({ persons }) => account.kind === 'person' && persons.includes(account.id))
    .map(({ id, state, flow, act, from, until }) => ({
      ...{ id, state, flow, act, from: from ?? null, until: until ?? null },
      text: textOf(`exception-is-${state}` satisfies RightsText, language),
    }));
}

/** Rights inside a folder where it takes names, else those on the folder itself. */
function foldersOf(facts: Facts, { session, top }: Role): Rights['folders'] {
  const { principal, accessMethod } = session;
  const places = effectiveTree(facts, { principal, accessMethod });
  const inside = new Map(places.filter(({ of }) => of === 'inside').map((place) => [place.path, place]));
  return places
    .filter(({ of }) => of === 'path')
    .map((place) => {
      const { rights } = inside.get(place.path) ?? place;
      const held = rights.filter(({ allowed }) => allowed);
      return {
        path: belowTop(top, place.path),
        rights: held.map(({ right }) => right),
        ...groundsOf(facts, held[0]?.rule ?? ''),
      };
    });
}

const STANDARD: Readonly<Record<string, RightsText>> = {
  'standard-tree#intake': 'rights-intake',
  'standard-tree#mailbox': 'rights-mailbox',
  'standard-tree#folder': 'rights-tree',
};

function groundsOf(
  { generation, language }: Facts,
  rule: EffectivePlace['rights'][number]['rule'],
): { readonly grantedBy: string; readonly until: string | null } {
  const standard = STANDARD[rule.split(' ')[0] ?? ''];
  if (standard !== undefined) return { grantedBy: textOf(standard, language), until: null };
  const grantedBy = textOf('rights-granted' satisfies RightsText, language, rule);
  return { grantedBy, until: endOfGrants(generation, rule) ?? null };
}

/** Over the internet those of his exceptions; else all that he works with. */
function flowsOf({ generation, now }: Facts, { session, partner, account }: Role): Rights['flows'] {
  const works = ({ code }: Flow) => account.flows === 'all' || account.flows.includes(code);
  const excepted = exceptionsOfSession(partner, account, session, dateOf(now)).map(({ flow }) => flow);
  const reaches = ({ code }: Flow) => session.accessMethod !== 'internet' || excepted.includes(code);
  return generation.flows
    .filter((flow) => works(flow) && reaches(flow))
    .flatMap((flow) => {
      const { code, title } = flow;
      const [maySend, mayReceive] = [partner.sends.includes(code), partner.receives.includes(code)];
      if (!maySend && !mayReceive) return [];
      const acts = generation.authorizations.filter((act) => act.flow === code && concerns(act, partner));
      return { code, name: title, mayReceive, maySend, authorizations: acts.map(actOf) };
    });
}

function concerns({ sender, receivers }: Authorization, { institution }: Partner): boolean {
  const own = institutionName(institution);
  return institutionName(sender) === own || receivers.some((one) => institutionName(one.institution) === own);
}

function actOf({ id, act, instrument, reference, purpose, from, until }: Authorization) {
  return { id, act, reference: `${instrument} ${reference}`, purpose, from, until: until ?? null };
}

function limitsOf({ generation, language }: Facts, partner: Partner): Rights['limits'] {
  const { limits } = generation;
  const own = {
    maxFileBytes: partner.maxFileBytes ?? limits.maxFileBytes,
    quotaBytes: partner.quotaBytes ?? limits.quotaBytes,
  };
  const shown = [
    ...Object.entries(own),
    ...SHOWN_LIMITS.map((name): readonly [string, number] => [name, limits[name]]),
  ] as const;
  return shown.map(([name, value]) => ({ name, value, text: textOf(`limit-${name}`, language) }));
}
