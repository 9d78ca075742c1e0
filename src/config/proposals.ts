import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError } from '../domain/errors.ts';
import type { Generation } from '../domain/generation.ts';
import type { Account, Partner } from '../domain/partner.ts';
import type { IsoDate } from '../domain/period.ts';
import type { Role } from '../domain/principal.ts';
import { writeDurably } from './durable-file.ts';
import type { HistoryRow } from './generation-store.ts';

/** One configuration that somebody asks to put in force. Its id is the digest of its files. */
export type Proposal = {
  readonly tree: string;
  readonly generation: string;
  /** The files that were in force when it was made: an approval holds for this one step and no other. */
  readonly base: string;
  /** `anna@ksz`, or `system:<user>` where nobody said who. */
  readonly author: string;
  /** The author's own signature; absent where nobody signed for him. Whether it counts is asked anew each time. */
  readonly proof?: Signature | undefined;
  readonly message: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly systemUser: string;
  readonly approvals: readonly Approval[];
  readonly state: 'open' | 'in-force';
};

export type Signature = {
  readonly form: 'ssh' | 'certificate';
  /** Base64 of what `sluis config sign` or `approve` sent: an SSH signature file, or a CMS. */
  readonly signature: string;
  readonly at: string;
  readonly systemUser: string;
};

export type Approval = Signature & { readonly signer: string };

/** The namespace of SSH signatures: `ssh-keygen -Y verify -n config@sluis`. */
export const APPROVAL_NAMESPACE = 'config@sluis';

type Signed = Pick<Proposal, 'tree' | 'base' | 'author' | 'at' | 'message'>;

/** What is signed: the digest of the files, and the one step it is for, so that an old approval opens nothing later. */
export function textToSign({ tree, base, author, at, message }: Signed): string {
  const why = message === '' ? '-' : message;
  return `sluis configuration\ntree ${tree}\nafter ${base}\nby ${author} at ${at}\nfor ${why}\n`;
}

/** Who may ask for a change so that one other person is enough. Whoever has none of these roles was let in by one person. */
const AUTHOR_ROLES = ['operator', 'acl-editor', 'approver', 'security-officer'] as const;

/** Why the author's signature does not count at this moment; undefined where it does. Asked of the generation in force. */
export function authorRefusal(
  generation: Pick<Generation, 'partners' | 'hub'>,
  signer: string,
  author: string,
  today: IsoDate,
): string | undefined {
  if (signer !== author) return `${signer} signed, and ${author} is the author`;
  return hubPersonRefusal(generation, signer, today, AUTHOR_ROLES);
}

/** Why an approval does not count at this moment; undefined where it does. Asked of the generation in force. */
export function approverRefusal(
  generation: Pick<Generation, 'partners' | 'hub'>,
  signer: string,
  author: string,
  today: IsoDate,
): string | undefined {
  return secondPersonRefusal(generation, signer, author, today, ['approver']);
}

/** Why somebody is not the second person for something; he has one of the roles. */
export function secondPersonRefusal(
  generation: Pick<Generation, 'partners' | 'hub'>,
  signer: string,
  author: string,
  today: IsoDate,
  roles: readonly Role[],
): string | undefined {
  const { partners } = generation;
  const isKnown = personOf(partners, signer) !== undefined;
  if (isKnown && naturalPerson(partners, signer) === naturalPerson(partners, author))
    return `${signer} asked for it; a second person approves`;
  return hubPersonRefusal(generation, signer, today, roles);
}

/** Why somebody is no person of the hub in force today with one of the roles, or with `any`. */
export function hubPersonRefusal(
  { partners, hub }: Pick<Generation, 'partners' | 'hub'>,
  name: string,
  today: IsoDate,
  roles: readonly Role[] | 'any',
): string | undefined {
  const found = personOf(partners, name);
  if (found === undefined) return `${name} is nobody of the generation in force`;
  if (found.partner.id !== hub) return `${name} is not a person of the hub`;
  const held = found.account.roles;
  if (roles === 'any' && held.length === 0) return `${name} has no role at the hub`;
  if (roles !== 'any' && !roles.some((role) => held.includes(role))) {
    return `${name} does not have the role ${roles.join(' or ')}`;
  }
  return isDesignated(found, today) ? undefined : `${name} is not in force today`;
}

/** Somebody whom several partners designated is one person. */
export function naturalPerson(partners: readonly Partner[], name: string): string {
  const same = personOf(partners, name)?.account.samePersonAs;
  return same === undefined ? name : `${same.id}@${same.partner}`;
}

type Found = { readonly partner: Partner; readonly account: Account };

export function personOf(partners: readonly Partner[], name: string): Found | undefined {
  for (const partner of partners) {
    const account = partner.accounts.find(({ id, kind }) => kind === 'person' && `${id}@${partner.id}` === name);
    if (account !== undefined) return { partner, account };
  }
  return undefined;
}

function isDesignated({ partner, account }: Found, today: IsoDate): boolean {
  if (partner.disabled || account.disabled) return false;
  return (
    (account.from === undefined || account.from <= today) && (account.until === undefined || today <= account.until)
  );
}

/** An author who did not sign could be anybody, the one who approves too: then two persons approve. */
export function approvalsNeeded({ authorProven }: Pick<Standing, 'authorProven'>): 1 | 2 {
  return authorProven ? 1 : 2;
}

/** Who stands for a proposal at this moment. */
export type Standing = {
  readonly authorProven: boolean;
  /** Why not, where the author signed. */
  readonly authorRefusal?: string | undefined;
  readonly approvers: readonly string[];
};

/**
 * Whether a proposal is about the step from here: not from the same files at an earlier time, which others followed, and
 * not dated ahead, for a time when they are in force again.
 * @param now milliseconds since 1970
 */
export function isStepFrom({ base, at }: Pick<Proposal, 'base' | 'at'>, inForce: HistoryRow, now: number): boolean {
  return base === inForce.tree && at >= inForce.at && Date.parse(at) <= now;
}

/** Proposals, each in a file under the digest of what it proposes. */
export class Proposals {
  readonly #folder: string;

  constructor(data: string) {
    this.#folder = join(data, 'proposals');
  }

  async save(proposal: Proposal): Promise<void> {
    await writeDurably(this.#fileOf(proposal.tree), `${JSON.stringify(proposal, undefined, 2)}\n`);
  }

  async of(tree: string): Promise<Proposal | undefined> {
    return (await this.list()).find((one) => one.tree === tree);
  }

  /** The newest first. */
  async list(): Promise<readonly Proposal[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const files = names.filter((name) => /^[0-9a-f]{64}\.json$/.test(name));
    const all = await Promise.all(files.map(async (name) => parse(await readFile(join(this.#folder, name), 'utf8'))));
    return all.toSorted((a, b) => (a.at < b.at ? 1 : -1));
  }

  /** @throws GatewayError `not-found`, `bad-request` where several begin so */
  async find(name: string): Promise<Proposal> {
    const [found, other] = (await this.list()).filter(
      ({ tree, generation }) => name.length >= 6 && (tree.startsWith(name) || generation.startsWith(name)),
    );
    if (found === undefined) {
      throw new GatewayError('not-found', `there is no proposal ${name}; "sluis config history" lists them`);
    }
    if (other !== undefined) throw new GatewayError('bad-request', `several proposals begin with ${name}`);
    return found;
  }

  #fileOf(tree: string): string {
    return join(this.#folder, `${tree}.json`);
  }
}

/** A file of our own. */
function parse(text: string): Proposal {
  return JSON.parse(text) as Proposal;
}
