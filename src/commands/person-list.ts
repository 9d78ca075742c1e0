import type { PartnerFile } from '../config/schema-partner.ts';
import { systemClock } from '../domain/clock.ts';
import { dateOf, type IsoDate, includesDay } from '../domain/period.ts';
import { partnerOf, type Standing, standing } from './editing.ts';
import type { CommonOptions } from './places.ts';

type Account = {
  readonly account: string;
  readonly kind: 'person' | 'machine';
  readonly name: string;
  readonly state: string;
  readonly designation?: { readonly act: string; readonly from: string; readonly until?: string | undefined };
  readonly certificates: number;
  readonly sshKeys: number;
  readonly flows: 'all' | readonly string[];
  readonly samePersonAs?: string | undefined;
};

/** Prints the persons and machine accounts of one partner or of all, and whether each may come in today. */
export async function personList(
  partner: string | undefined,
  options: CommonOptions,
  out: NodeJS.WritableStream,
): Promise<0> {
  const now = await standing(options.config);
  const partners = partner === undefined ? [...now.partners.values()] : [partnerOf(now, partner)];
  const accounts = partners.flatMap((one) => accountsOf(one, now));
  if (options.json) out.write(`${JSON.stringify({ accounts })}\n`);
  else for (const account of accounts) out.write(lineOf(account));
  return 0;
}

function accountsOf(partner: PartnerFile, now: Standing): readonly Account[] {
  const today = dateOf(systemClock.now());
  const persons = partner.persons.map((person): Account => {
    const { id, name, designation, certificates, sshKeys, flows, samePersonAs } = person;
    const facts = { account: `${id}@${partner.id}`, name, designation, flows, samePersonAs };
    const state = stateOf(partner, person, now, today);
    return { ...facts, kind: 'person', state, certificates: certificates.length, sshKeys: sshKeys.length };
  });
  const machines = partner.machines.map(({ id, purpose, disabled, certificates, sshKeys, flows }): Account => {
    const state = partner.disabled ? 'partner disabled' : (disabledBy(disabled) ?? 'in force');
    const facts = { account: `${id}@${partner.id}`, name: purpose, flows };
    return { ...facts, kind: 'machine', state, certificates: certificates.length, sshKeys: sshKeys.length };
  });
  return [...persons, ...machines];
}

function stateOf(
  partner: PartnerFile,
  { disabled, designation, userRegulation }: PartnerFile['persons'][number],
  { regulation }: Standing,
  today: IsoDate,
): string {
  if (partner.disabled) return 'partner disabled';
  const by = disabledBy(disabled);
  if (by !== undefined) return by;
  if (!includesDay({ begin: designation.from, end: designation.until }, today)) return 'not designated today';
  if (userRegulation === 'not-accepted') return 'regulation not accepted';
  return userRegulation.version === regulation ? 'in force' : `regulation ${userRegulation.version} accepted`;
}

function disabledBy(disabled: boolean | 'hub'): string | undefined {
  if (disabled === false) return undefined;
  return disabled === 'hub' ? 'disabled by the hub' : 'disabled';
}

function lineOf({ account, kind, name, state, designation, certificates, sshKeys, samePersonAs }: Account): string {
  const until = designation?.until === undefined ? '' : ` until ${designation.until}`;
  const days = designation === undefined ? '' : `  from ${designation.from}${until}`;
  const proofs = samePersonAs === undefined ? `certificates ${certificates}, keys ${sshKeys}` : `as ${samePersonAs}`;
  return `${account.padEnd(24)}${kind.padEnd(9)}${state.padEnd(25)}${proofs}  ${name}${days}\n`;
}
