import { GatewayError } from '../domain/errors.ts';
import type { Generation } from '../domain/generation.ts';
import type { Session } from '../domain/principal.ts';
import { areaOf, INTAKES, type Place } from '../domain/tree.ts';
import { childOf, type VPath } from '../domain/vpath.ts';
import type { LedgerCommand, TargetRow } from '../storage/commands.ts';
import type { StoredPlace } from './places.ts';
import { MAX_PLAIN_TEXT_BYTES } from './plain-text.ts';

/** How much may lie in some areas of the tree together; areas are those of the ledger. */
export type Allowance = { readonly areas: readonly VPath[]; readonly maxBytes: number };

/** What counts for a path: the intake folders of a partner together, or one shared folder. Mailboxes have no limit. */
export function allowanceOf(generation: Generation, session: Session, place: Place): Allowance | undefined {
  if (place.kind === 'shared') {
    return { areas: [place.folder], maxBytes: place.shared.quotaBytes ?? generation.limits.quotaBytes };
  }
  return place.kind === 'mailbox' || place.kind === 'overseen' ? undefined : intakeAllowance(generation, session);
}

function intakeAllowance({ partners, limits }: Generation, { principal }: Session): Allowance {
  const partner = partners.find(({ id }) => id === principal.partner);
  const root = childOf('/partners' as VPath, principal.partner);
  const areas = Object.keys(INTAKES).map((name) => childOf(root, name));
  return { areas, maxBytes: partner?.quotaBytes ?? limits.quotaBytes };
}

/** The largest file that is taken at a place: the smallest of what gateway, partner, flow and folder say. */
export function maxFileBytes({ partners, flows, limits }: Generation, session: Session, place: StoredPlace): number {
  const own = place.kind === 'shared' ? place.shared : partners.find(({ id }) => id === session.principal.partner);
  const flow = place.kind === 'intake' ? flows.find(({ code }) => code === place.flow) : undefined;
  const isText = place.kind === 'shared' && place.shared.content === 'non-personal';
  const text = isText ? { maxFileBytes: MAX_PLAIN_TEXT_BYTES } : undefined;
  return Math.min(...[limits, own, flow, text].map((limit) => limit?.maxFileBytes ?? limits.maxFileBytes));
}

/** What a file may have that takes the place of what stands there, and of what its principal holds of an upload to it. */
export function roomFor(allowance: Allowance | undefined, target: TargetRow | undefined): number {
  if (allowance === undefined) return Number.POSITIVE_INFINITY;
  const { usage, entry, partial } = target ?? {};
  return Math.max(0, allowance.maxBytes - (usage?.bytes ?? 0) + (entry?.size ?? 0) + (partial?.size ?? 0));
}

/** The precondition that what was added still fits; none where nothing was added to an area with a limit. */
export function mustFit(allowance: Allowance | undefined, from?: VPath): readonly LedgerCommand[] {
  if (allowance === undefined) return [];
  const stays = from !== undefined && allowance.areas.some((area) => area === areaOf(from));
  return stays ? [] : [{ kind: 'mustFit', ...allowance }];
}

export function overQuota(): GatewayError {
  return new GatewayError(
    'over-quota',
    'the room you are given here is used up; remove what you no longer need, unfinished uploads too',
  );
}
