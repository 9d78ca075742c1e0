import type { Authorization, Flow, SharedFolder } from './flow.ts';
import { type Institution, institutionName, type Partner, type Sector } from './partner.ts';
import { ALL_RIGHTS, type Right } from './principal.ts';

/** What an act makes of a partner: it may give the data, or get them. */
export type Party = 'sender' | 'receiver';

/** Who gets data may look, read and take away. Whatever it would add would be data that go the other way. */
export const RIGHTS_OF_PARTY: Readonly<Record<Party, readonly Right[]>> = {
  sender: ALL_RIGHTS,
  receiver: ['list', 'read', 'delete', 'view'],
};

/** Levels below the institution, of records. What lies in a folder is no record that could name one. */
export const LEVELS_OF_RECORDS = ['applications', 'users', 'questions', 'information'] as const;

type Parties = {
  readonly sender: Institution;
  readonly receivers: readonly { readonly institution: Institution }[];
};

/** @param partner whose institution, or whose sector's members, the act speaks of; undefined where it does not */
export function partyOf(
  { sender, receivers }: Parties,
  partner: Pick<Partner, 'id' | 'institution'>,
  sectors: readonly Pick<Sector, 'number' | 'managingInstitution'>[],
): Party | undefined {
  const own = institutionName(partner.institution);
  const manages = ({ sector, type }: Institution) =>
    type > 0 && sectors.some((one) => one.number === sector && one.managingInstitution === partner.id);
  const is = (institution: Institution) => institutionName(institution) === own || manages(institution);
  if (is(sender)) return 'sender';
  return receivers.some(({ institution }) => is(institution)) ? 'receiver' : undefined;
}

/** The one act that a folder with personal data rests on. */
export function actOfFolder(
  { content, grants }: SharedFolder,
  authorizations: readonly Authorization[],
): Authorization | undefined {
  if (content !== 'personal') return undefined;
  const named = grants.find(({ authorization }) => authorization !== undefined)?.authorization;
  return authorizations.find(({ id }) => id === named);
}

const MS_PER_DAY = 86_400_000;

/** When a file that comes in now is removed: as a delivery of the act's flow would be. Only personal data have an end. */
export function endInFolder(
  { authorizations, flows }: { readonly authorizations: readonly Authorization[]; readonly flows: readonly Flow[] },
  folder: SharedFolder,
  at: number,
): number | undefined {
  const act = actOfFolder(folder, authorizations);
  const flow = flows.find(({ code }) => code === act?.flow);
  return flow && at + flow.holdDays * MS_PER_DAY;
}
