import type { Environment, SharedFolder } from './flow.ts';
import type { Account, Partner } from './partner.ts';
import { childOf, firstParts, isWithin, movedTo, partsOf, type VPath } from './vpath.ts';

/** The standard folders of a partner. Answers and deliveries of T and S stand in OUTTEST. */
export const INTAKES = { IN: 'R', INTEST: 'T', 'INTEST-S': 'S' } as const satisfies Record<string, Environment>;
export const MAILBOXES = { R: 'OUT', T: 'OUTTEST', S: 'OUTTEST' } as const satisfies Record<Environment, string>;
export const SHARED = '/SHARED' as VPath;

type Intake = keyof typeof INTAKES;

/**
 * Where a path of a principal's tree lies. `depth` counts the parts below the place's own folder: 0 is the folder itself.
 * `folder` is the ledger path of the place's own folder, `ledgerPath` that of the path.
 */
export type Place =
  | { readonly kind: 'virtual'; readonly children: readonly string[] }
  | (Located & { readonly kind: 'intake'; readonly environment: Environment; readonly flow: string | undefined })
  | (Located & { readonly kind: 'mailbox'; readonly flow: string | undefined })
  | (Located & { readonly kind: 'shared'; readonly shared: SharedFolder });

type Located = { readonly folder: VPath; readonly ledgerPath: VPath; readonly depth: number };

/** Finds the place of a path in the tree of one account; undefined where this account has no such place. */
export function placeOf(
  partner: Partner,
  account: Account,
  folders: readonly SharedFolder[],
  path: VPath,
): Place | undefined {
  const parts = partsOf(path);
  const top = parts[0];
  if (top === undefined) return { kind: 'virtual', children: topNames(partner, folders) };
  if (top === 'SHARED') return sharedPlace(partner, account, folders, path);
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

function topNames(partner: Partner, folders: readonly SharedFolder[]): readonly string[] {
  const standard = [...Object.keys(INTAKES), 'OUT', 'OUTTEST'];
  const shared = folders.some((folder) => folder.grants.some((grant) => grant.partner === partner.id));
  return (shared ? [...standard, 'SHARED'] : standard).toSorted();
}

function inStandardTree(
  partner: Partner,
  account: Account,
  path: VPath,
  flows: readonly string[],
  make: (located: Located, flow: string | undefined) => Place,
): Place | undefined {
  const parts = partsOf(path);
  const [top, second] = parts;
  if (top === undefined) return undefined;
  const ledgerPath = movedTo(ledgerRoot(partner), path);
  const depthBelow = parts.length;
  if (partner.layout === 'flat') {
    return make({ folder: childOf(ledgerRoot(partner), top), ledgerPath, depth: depthBelow - 1 }, undefined);
  }
  const mine = flows.filter((flow) => account.flows === 'all' || account.flows.includes(flow));
  if (second === undefined) return { kind: 'virtual', children: mine.toSorted() };
  if (!mine.includes(second)) return undefined;
  const folder = childOf(childOf(ledgerRoot(partner), top), second);
  return make({ folder, ledgerPath, depth: depthBelow - 2 }, second);
}

function sharedPlace(
  partner: Partner,
  account: Account,
  folders: readonly SharedFolder[],
  path: VPath,
): Place | undefined {
  const open = folders.filter((folder) =>
    folder.grants.some(
      (grant) => grant.partner === partner.id && (grant.account === undefined || grant.account === account.id),
    ),
  );
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
  const parts = partsOf(ledgerPath);
  const depth = parts[0] === 'partners' ? 3 : 2;
  return parts.length < depth ? undefined : firstParts(ledgerPath, depth);
}
