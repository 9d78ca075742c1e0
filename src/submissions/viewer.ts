import { accountOf } from '../access/authorizer.ts';
import { belowTop } from '../domain/designation.ts';
import type { Generation } from '../domain/generation.ts';
import type { Account, Partner } from '../domain/partner.ts';
import type { Authorizer, PartnerId, Session } from '../domain/principal.ts';
import type { Submission } from '../domain/submission.ts';
import { mailboxFolder } from '../domain/tree.ts';
import { childOf, isWithin, parseVPath, ROOT, type VPath } from '../domain/vpath.ts';
import type { SubmissionFilter } from '../storage/submission-queries.ts';

/** The flow of a file whose flow nobody could tell. */
export const UNKNOWN = 'unknown';

/** Who asks about submissions, for one of his partners, and of which flows he may see them. */
export type Viewer = {
  /** His own, acting for this partner alone. */
  readonly session: Session;
  /** Of a person whom several partners designated: the name of the folder in which this partner's tree stands. */
  readonly top: PartnerId | undefined;
  readonly partner: Partner;
  readonly account: Account;
  /** Those whose intake or mailbox he may list; `unknown` for who works with all flows of his partner, and may list all. */
  readonly flows: readonly string[];
};

/** One for each partner that the caller acts for; none for who is not in force any more. */
export function viewersOf(generation: Generation, authorizer: Authorizer, session: Session): readonly Viewer[] {
  const { designations } = session;
  if (designations === undefined) return viewerOf(generation, authorizer, session, undefined);
  return designations.flatMap((principal) =>
    viewerOf(generation, authorizer, { ...session, principal, designations: undefined }, principal.partner),
  );
}

/** Rights go by flow. */
function viewerOf(
  generation: Generation,
  authorizer: Authorizer,
  session: Session,
  top: PartnerId | undefined,
): readonly Viewer[] {
  const found = accountOf(generation, session.principal);
  if (found === undefined) return [];
  const { partner, account } = found;
  const own = account.flows === 'all' ? generation.flows.map(({ code }) => code) : account.flows;
  const mayList = (flow: string) =>
    (['/IN', '/OUT'] as const).some((top) => {
      const folder = partner.layout === 'flat' ? parseVPath(top) : childOf(parseVPath(top), flow);
      return authorizer.decide(session, 'list', folder).allowed;
    });
  const exchanged = new Set([...partner.sends, ...partner.receives]);
  const exchangedOwn = own.filter((flow) => exchanged.has(flow));
  const flows = exchangedOwn.filter(mayList);
  // A file whose flow nobody could tell is for who reaches all of them. Over the internet nobody does: an exception names each.
  const isAtHome = account.flows === 'all' && session.accessMethod !== 'internet';
  const seesAll = isAtHome && flows.length === exchangedOwn.length;
  return [{ session, top, partner, account, flows: seesAll ? [...flows, UNKNOWN] : flows }];
}

/** What the ledger is asked for, so that a page holds nothing else. */
export function filterOf({ flows, account }: Viewer): Pick<SubmissionFilter, 'flows' | 'sender'> {
  return { flows, sender: { kind: account.kind, id: account.id } };
}

/** The same rule for one submission. Dry runs are told to who asked for them, once. */
export function maySee({ partner, account, flows }: Viewer, submission: Submission): boolean {
  if (submission.partner !== partner.id || submission.fileName.startsWith('dry-run/')) return false;
  if (flows.includes(submission.flow)) return true;
  const { kind, id } = submission.principal;
  return submission.flow === UNKNOWN && kind === account.kind && id === account.id;
}

/** A ledger path in the partner's own part of the tree, as its principals see it. */
export function ownPath({ id }: Pick<Partner, 'id'>, ledgerPath: VPath): VPath | undefined {
  const root = childOf('/partners' as VPath, id);
  if (!isWithin(ledgerPath, root)) return undefined;
  return ledgerPath === root ? ROOT : parseVPath(ledgerPath.slice(root.length));
}

/** The same as the caller names it in his requests. */
export function seenPath({ partner, top }: Pick<Viewer, 'partner' | 'top'>, ledgerPath: VPath): VPath | undefined {
  const own = ownPath(partner, ledgerPath);
  return own === undefined ? undefined : belowTop(top, own);
}

/** The ledger folder in which the answers to a submission are put. */
export function answerFolder(partner: Partner, { environment, flow }: Pick<Submission, 'environment' | 'flow'>): VPath {
  return mailboxFolder(partner, environment, flow === UNKNOWN ? undefined : flow);
}
