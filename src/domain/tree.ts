import type { Environment, FolderGrant, SharedFolder } from './flow.ts';
import type { Account, Partner, Sector } from './partner.ts';
import type { PartnerId } from './principal.ts';
import { childOf, firstPartsOf, isWithin, nameOf, partsOf, ROOT, type VPath } from './vpath.ts';

/** The standard folders of a partner. Answers and deliveries of T and S stand in OUTTEST. */
export const INTAKES = { IN: 'R', INTEST: 'T', 'INTEST-S': 'S' } as const satisfies Record<string, Environment>;
export const MAILBOXES = { R: 'OUT', T: 'OUTTEST', S: 'OUTTEST' } as const satisfies Record<Environment, string>;
export const SHARED = '/SHARED' as VPath;
/** Where the helpdesk of the hub sees what partners have in their folders, without content. */
export const PARTNERS = '/PARTNERS' as VPath;

type Intake = keyof typeof INTAKES;

/**
 * Where a path of a principal's tree lies. `depth` counts the parts below the place's own folder: 0 is the folder itself.
 * `folder` is the ledger path of the place's own folder, `ledgerPath` that of the path. `overseen` is a folder of another
 * partner, `owner`, of which nothing but metadata is shown.
 */
export type Place =
  | { readonly kind: 'virtual'; readonly children: readonly string[] }
  | (Located & { readonly kind: 'intake'; readonly environment: Environment; readonly flow: string | undefined })
  | (Located & { readonly kind: 'mailbox'; readonly flow: string | undefined })
  | (Located & { readonly kind: 'shared'; readonly shared: SharedFolder })
  | (Located & { readonly kind: 'overseen'; readonly owner: PartnerId });

type Located = { readonly folder: VPath; readonly ledgerPath: VPath; readonly depth: number };

/** What of a generation the tree is made of. */
export type TreeFacts = {
  readonly partners: readonly Partner[];
  readonly sectors: readonly Sector[];
  readonly folders: readonly SharedFolder[];
};

/** Finds the place of a path in the tree of one account; undefined where this account has no such place. */
export function placeOf(facts: TreeFacts, partner: Partner, account: Account, path: VPath): Place | undefined {
  const parts = partsOf(path);
  const top = parts[0];
  if (top === undefined) return { kind: 'virtual', children: topNames(facts, partner, account) };
  if (top === 'SHARED') return sharedPlace(partner, account, facts.folders, path);
  if (isWithin(path, PARTNERS)) return overseenPlace(facts, account, path);
  return standardPlace(partner, account, path);
}

function standardPlace(partner: Partner, account: Pick<Account, 'flows'>, path: VPath): Place | undefined {
  const [top = ''] = partsOf(path);
  if (isIntakeName(top)) {
    return inStandardTree(partner, account, path, partner.sends, (located, flow) => ({
      ...located,
      kind: 'intake',
      environment: INTAKES[top],
      flow,
    }));
  }
  if (top === 'OUT' || top === 'OUTTEST') {
    const flows = [...new Set([...partner.sends, ...partner.receives])];
    return inStandardTree(partner, account, path, flows, (located, flow) => ({ ...located, kind: 'mailbox', flow }));
  }
  return undefined;
}

/** The ledger folder of a partner's mailbox for a flow; without a known flow, or in a flat tree, the mailbox itself. */
export function mailboxFolder(partner: Partner, environment: Environment, flow: string | undefined): VPath {
  const top = childOf(ledgerRoot(partner), MAILBOXES[environment]);
  return partner.layout === 'flat' || flow === undefined ? top : childOf(top, flow);
}

function ledgerRoot(partner: Partner): VPath {
  return childOf('/partners' as VPath, partner.id);
}

/** Whether a name at the top of a partner's tree is one of its intakes. */
export function isIntakeName(name: string): name is Intake {
  return Object.hasOwn(INTAKES, name);
}

const STANDARD = [...Object.keys(INTAKES), 'OUT', 'OUTTEST'];

function topNames({ folders }: TreeFacts, partner: Partner, account: Account): readonly string[] {
  const shared = folders.some((folder) => folder.grants.some((grant) => grant.partner === partner.id));
  const overseen = account.roles.includes('helpdesk');
  return [...STANDARD, ...(shared ? ['SHARED'] : []), ...(overseen ? [nameOf(PARTNERS)] : [])].toSorted();
}

/** The trees of all partners as the helpdesk sees them: with every flow, and without `/SHARED`. */
function overseenPlace(facts: TreeFacts, account: Account, path: VPath): Place | undefined {
  if (!account.roles.includes('helpdesk')) return undefined;
  const owners = overseenPartners(facts);
  const [, id, ...rest] = partsOf(path);
  if (id === undefined) return { kind: 'virtual', children: owners.map((owner) => owner.id).toSorted() };
  const owner = owners.find((candidate) => candidate.id === id);
  if (owner === undefined) return undefined;
  if (rest.length === 0) return { kind: 'virtual', children: STANDARD.toSorted() };
  const place = standardPlace(owner, { flows: 'all' }, rest.reduce<VPath>(childOf, ROOT));
  if (place === undefined || place.kind === 'virtual') return place;
  const { folder, ledgerPath, depth } = place;
  return { kind: 'overseen', owner: owner.id, folder, ledgerPath, depth };
}

/** All partners but those that are members of a sector whose membership is nobody's business. */
export function overseenPartners({ partners, sectors }: Pick<TreeFacts, 'partners' | 'sectors'>): readonly Partner[] {
  return partners.filter(({ institution: { sector, type } }) => {
    const isAnonymous = sectors.some(({ number, anonymousMembers }) => number === sector && anonymousMembers);
    return type === 0 || !isAnonymous;
  });
}

function inStandardTree(
  partner: Partner,
  account: Pick<Account, 'flows'>,
  path: VPath,
  flows: readonly string[],
  make: (located: Located, flow: string | undefined) => Place,
): Place | undefined {
  const [top, second] = partsOf(path);
  if (top === undefined) return undefined;
  const ledgerPath = partsOf(path).reduce<VPath>(childOf, ledgerRoot(partner));
  const depthBelow = partsOf(path).length;
  if (partner.layout === 'flat') {
    return make({ folder: childOf(ledgerRoot(partner), top), ledgerPath, depth: depthBelow - 1 }, undefined);
  }
  const mine = flows.filter((flow) => account.flows === 'all' || account.flows.includes(flow));
  if (second === undefined) return { kind: 'virtual', children: mine.toSorted() };
  if (!mine.includes(second)) return undefined;
  const folder = childOf(childOf(ledgerRoot(partner), top), second);
  return make({ folder, ledgerPath, depth: depthBelow - 2 }, second);
}

/** Whether a grant names this account, whatever it gives today. */
export function isFor(grant: FolderGrant, partner: Pick<Partner, 'id'>, account: Pick<Account, 'id'>): boolean {
  return grant.partner === partner.id && (grant.account === undefined || grant.account === account.id);
}

function sharedPlace(
  partner: Partner,
  account: Account,
  folders: readonly SharedFolder[],
  path: VPath,
): Place | undefined {
  const open = folders.filter((folder) => folder.grants.some((grant) => isFor(grant, partner, account)));
  if (path === SHARED) {
    if (open.length === 0) return undefined;
    return { kind: 'virtual', children: [...new Set(open.map((folder) => partsOf(folder.path)[1] ?? ''))].toSorted() };
  }
  const innermost = folders
    .filter((folder) => isWithin(path, folder.path))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
  if (innermost === undefined || !open.includes(innermost)) return undefined;
  const depth = partsOf(path).length - partsOf(innermost.path).length;
  return { kind: 'shared', shared: innermost, folder: innermost.path, ledgerPath: path, depth };
}

/**
 * The area a ledger path counts into: one standard folder of a partner (`/partners/ksz/IN`), or one folder of `/SHARED`
 * (`/SHARED/work`). Undefined for paths above those.
 */
export function areaOf(ledgerPath: VPath): VPath | undefined {
  return firstPartsOf(ledgerPath, ledgerPath.startsWith('/partners/') ? 3 : 2);
}
