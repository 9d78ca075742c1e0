import { createHash } from 'node:crypto';
import { type InternetException, rightsOfException } from '../domain/exception.ts';
import type { Authorization } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import { type Account, type CertificateRule, institutionName, type Partner, type SshKey } from '../domain/partner.ts';
import type { RuleRef } from '../domain/principal.ts';
import { FolderAuthorizer } from './authorizer.ts';
import { type EffectivePlace, effectiveTree } from './effective.ts';
import { actsOfRule, endOfGrants } from './folder-acts.ts';

/** What each of a configuration may do and is, in words that can be compared: by person, machine, partner and legal act. */
export type Entitlements = ReadonlyMap<string, ReadonlySet<string>>;

/** What one of them gets and loses between two configurations. */
export type EntitlementChange = {
  readonly who: string;
  readonly gives: readonly string[];
  readonly takes: readonly string[];
};

/** @param now milliseconds since the epoch; what has ended by then is not there */
export function entitlementsOf(generation: Generation, now: number): Entitlements {
  const all = new Map<string, ReadonlySet<string>>();
  const authorizer = new FolderAuthorizer({ value: generation }, () => now);
  for (const partner of generation.partners) {
    all.set(`partner ${partner.id}`, new Set(ofPartner(partner)));
    for (const account of partner.accounts) {
      const principal = { kind: account.kind, id: account.id, partner: partner.id, roles: account.roles };
      const places = effectiveTree({ generation, authorizer }, { principal });
      all.set(
        `${account.id}@${partner.id}`,
        new Set([...ofAccount(partner, account), ...places.flatMap((place) => ofPlace(generation, place))]),
      );
    }
  }
  const acts = Map.groupBy(generation.authorizations, ({ id }) => `act ${id}`);
  for (const [name, versions] of acts) all.set(name, new Set(versions.flatMap(ofAct)));
  return all;
}

/** By name; who is the same in both is left out. */
export function entitlementChanges(before: Entitlements, after: Entitlements): readonly EntitlementChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names
    .map((who): EntitlementChange => {
      const [old = new Set<string>(), now = new Set<string>()] = [before.get(who), after.get(who)];
      return { who, gives: notIn(now, old), takes: notIn(old, now) };
    })
    .filter(({ gives, takes }) => gives.length + takes.length > 0);
}

function notIn(some: ReadonlySet<string>, others: ReadonlySet<string>): readonly string[] {
  return [...some].filter((one) => !others.has(one)).sort();
}

function ofPlace(generation: Generation, { path, of, rights }: EffectivePlace): readonly string[] {
  const where = of === 'inside' ? `${path}/*` : path;
  return rights
    .filter(({ allowed }) => allowed)
    .map(({ right, level, rule }) => {
      const factor = level === 2 ? ' with a second factor' : '';
      return `may ${right} ${where}${factor}${groundOf(generation, rule)}`;
    });
}

/** The act a right on a shared folder rests on, and when it ends by itself. */
function groundOf(generation: Generation, rule: RuleRef): string {
  const acts = actsOfRule(generation, rule).map(({ id, version }) => ` by ${id} (version ${version})`);
  const until = endOfGrants(generation, rule);
  return `${acts.join('')}${until === undefined ? '' : ` until ${until}`}`;
}

function ofPartner(partner: Partner): readonly string[] {
  const { accessMethods, sends, receives, senderNumbers, disabled } = partner;
  return [
    ...(disabled ? [] : ['is in force']),
    ...accessMethods.map(({ method, address }) => `comes in by ${method} from ${address}`),
    ...sends.map((flow) => `sends ${flow}`),
    ...receives.map((flow) => `receives ${flow}`),
    ...senderNumbers.map((number) => `has sender number ${number}`),
  ];
}

function ofAccount(partner: Partner, account: Account): readonly string[] {
  const { roles, flows, certificates, sshKeys, disabled, from, until, secondFactor } = account;
  const named = flows === 'all' ? [...new Set([...partner.sends, ...partner.receives])] : flows;
  return [
    ...(disabled
      ? []
      : [`is in force${from === undefined ? '' : ` from ${from}`}${until === undefined ? '' : ` until ${until}`}`]),
    ...roles.map((role) => `has the role ${role}`),
    ...named.map((flow) => `works with ${flow}`),
    ...(partner.exceptions ?? []).filter(({ persons }) => persons.includes(account.id)).map(ofException),
    ...sshKeys.map((key) => `shows the key ${fingerprint(key)}`),
    ...certificates.map((rule) => `shows a certificate with ${ruleText(rule)}`),
    ...Object.keys(secondFactor ?? {}).map((factor) => `has the second factor ${factor}`),
  ];
}

/** Over the internet he has this and nothing else. */
function ofException(exception: InternetException): string {
  const { id, state, flow, use, level, protocols, addresses, from, until } = exception;
  const rights = [...rightsOfException(exception)].join(', ');
  const where = addresses.length === 0 ? '' : ` from ${addresses.join(' ')}`;
  const time = `${from === undefined ? '' : ` from ${from}`}${until === undefined ? '' : ` until ${until}`}`;
  return `has the exception ${id} (${state}): ${rights} of ${flow} by ${protocols.join(' and ')}${where}, ${use}, level ${level}${time}`;
}

function ofAct(act: Authorization): readonly string[] {
  const { flow, sender, receivers, environments, purpose, version, from, until } = act;
  const time = `from ${from}${until === undefined ? '' : ` until ${until}`}`;
  const what = `of ${flow} by ${institutionName(sender)} for ${purpose} in ${environments.join(' ')}, ${time} (version ${version})`;
  return receivers.flatMap(({ institution, qualities, blocks }) =>
    blocks.map((block) => {
      const of = qualities.length === 0 ? '' : ` of persons in quality ${qualities.join(' ')}`;
      return `gives ${institutionName(institution)} the block ${block}${of} ${what}`;
    }),
  );
}

/** As `ssh-keygen -l` prints it. */
function fingerprint({ algorithm, blob }: SshKey): string {
  const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '');
  return `${algorithm} SHA256:${digest}`;
}

function ruleText(rule: CertificateRule): string {
  return Object.entries(rule)
    .filter(([name, value]) => name !== 'kind' && value !== undefined)
    .map(([name, value]) => (name === 'nationalNumber' ? 'a national number' : `${name} ${value}`))
    .join(', ');
}
