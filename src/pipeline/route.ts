import type { ActReference, RecordLogHead } from '../audit/record-log.ts';
import type { Dossier, Person } from '../directory/directory.ts';
import type { Authorization, AuthorizedReceiver, Flow, LayoutVersion } from '../domain/flow.ts';
import type { Institution } from '../domain/partner.ts';
import type { Period } from '../domain/period.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { FieldMask } from '../formats/record-format.ts';
import { coveringDossier, isSame, lineHolder, serves } from './authorize.ts';
import type { BatchReceiver, BatchTask } from './batch.ts';

/** The block that identifies the record; it always passes. */
export const KEY_BLOCK = 'key';

/** Sorts after every day of the calendar. */
const OPEN = '9999-12-31';

/** One receiver of one act, and the partner that receives for it. */
export type Destination = {
  readonly receiver: PartnerId;
  readonly institution: Institution;
  readonly holder: Institution;
  readonly needsLine: boolean;
  readonly qualities: ReadonlySet<string>;
  readonly blocks: ReadonlySet<string>;
  readonly mask: FieldMask;
  readonly act: ActReference;
};

/** All that one partner may get. */
export type Group = { readonly receiver: PartnerId; readonly destinations: readonly Destination[] };

/** Where one record goes, and what of it. */
export type Route = {
  readonly receiver: PartnerId;
  readonly mask: FieldMask;
  /** The receiver's own line, which fills in the quality; undefined where it needs none, or a cancellation finds it gone. */
  readonly dossier: Dossier | undefined;
  readonly acts: readonly ActReference[];
  readonly filteredBlocks: readonly string[];
};

/** What a receiver gets of a record, and by which acts. */
type Plan = Omit<Route, 'receiver' | 'dossier'>;

/** Of a cancellation: where it goes, and who got the original but may get nothing any more. */
export type CancelRoutes = { readonly routes: readonly Route[]; readonly heldBack: readonly string[] };

/** A group and its place in the order of the receivers' ids. */
type Placed = { readonly place: number; readonly group: Group };

/** Finds the receivers of the records of one batch: directory ∩ acts. */
export class Router {
  readonly #groups: ReadonlyMap<string, Group>;
  readonly #blockNames: readonly string[];
  /** By whose lines they need, so that a record asks only those who can have a line of its person; and who needs none. */
  readonly #byHolder: ReadonlyMap<number, readonly Placed[]>;
  readonly #withoutLine: readonly Placed[];
  #receivers: RecordLogHead['receivers'] | undefined;
  /** What each destination gives by itself: most records of a receiver are allowed by one act. */
  readonly #plans = new Map<Destination, Plan>();

  constructor(task: BatchTask, layout: LayoutVersion, acts: readonly Authorization[]) {
    const destinations = acts.flatMap((act) =>
      act.receivers.flatMap((receiver) => destination(task, layout, act, receiver) ?? []),
    );
    const groups = [...Map.groupBy(destinations, (one) => one.receiver)];
    groups.sort(([one], [other]) => (one < other ? -1 : 1));
    this.#groups = new Map(groups.map(([receiver, all]) => [receiver, { receiver, destinations: all }]));
    this.#blockNames = task.flow.blocks.map((block) => block.name).filter((name) => name !== KEY_BLOCK);
    const placed = this.groups().map((group, place): Placed => ({ place, group }));
    this.#withoutLine = placed.filter(({ group }) => group.destinations.some(({ needsLine }) => !needsLine));
    const held = placed.flatMap((one) =>
      Array.from(new Set(one.group.destinations.map(({ holder }) => keyOf(holder))), (holder) => ({ holder, one })),
    );
    this.#byHolder = new Map(
      Array.from(
        Map.groupBy(held, ({ holder }) => holder),
        ([holder, all]) => [holder, all.map(({ one }) => one)],
      ),
    );
  }

  /** The fields any record of this batch may give to a receiver. */
  fileMask(receiver: PartnerId): FieldMask {
    return union(this.#groups.get(receiver)?.destinations ?? []);
  }

  /** In the order of the receivers' ids; destinations in the order of the acts. */
  groups(): readonly Group[] {
    return [...this.#groups.values()];
  }

  /** Who may receive anything of this batch, by which acts. */
  receivers(): RecordLogHead['receivers'] {
    this.#receivers ??= this.groups().map(({ receiver, destinations }) => {
      const acts = new Map(destinations.map(({ act }) => [act.id, act]));
      return { receiver, authorizations: [...acts.values()] };
    });
    return this.#receivers;
  }

  /** What some of the destinations of a group get together. */
  planOf(allowed: readonly Destination[]): Plan {
    const [only] = allowed;
    if (only === undefined || allowed.length > 1) return this.#planOfAll(allowed);
    const plan = this.#plans.get(only) ?? this.#planOfAll(allowed);
    this.#plans.set(only, plan);
    return plan;
  }

  #planOfAll(allowed: readonly Destination[]): Plan {
    const filteredBlocks = this.#blockNames.filter((name) => !allowed.some((one) => one.blocks.has(name)));
    return { mask: union(allowed), acts: actsOf(allowed), filteredBlocks };
  }

  /** In the order of the receivers' ids. */
  route(person: Person, period: Period): readonly Route[] {
    const routes: Route[] = [];
    for (const { group } of this.#whoMayKnow(person)) {
      const route = this.#routeOf(group, person, period);
      if (route !== undefined) routes.push(route);
    }
    return routes;
  }

  #whoMayKnow({ dossiers }: Person): readonly Placed[] {
    const found = new Set(this.#withoutLine);
    for (const { institution } of dossiers) {
      for (const one of this.#byHolder.get(keyOf(institution)) ?? []) found.add(one);
    }
    return found.size < 2 ? [...found] : [...found].sort((one, other) => one.place - other.place);
  }

  /** Where a message goes: an act must speak of the institution it names, and then that must know the person. */
  routeTo(institution: Institution, person: Person, period: Period): Route | 'not-authorized' | 'no-line' {
    for (const { receiver, destinations } of this.#groups.values()) {
      const named = destinations.filter((one) => isSame(one.institution, institution));
      if (named.length > 0) return this.#routeOf({ receiver, destinations: named }, person, period) ?? 'no-line';
    }
    return 'not-authorized';
  }

  /** A change or cancellation goes to those who got the original, also where their line ended since. */
  cancel(receivers: readonly string[], person: Person, period: Period): CancelRoutes {
    const routes: Route[] = [];
    const heldBack: string[] = [];
    for (const receiver of receivers.toSorted()) {
      const group = this.#groups.get(receiver);
      if (group === undefined) heldBack.push(receiver);
      else routes.push(this.#routeOf(group, person, period) ?? this.#routeAfterEnd(group, person));
    }
    return { routes, heldBack };
  }

  /**
   * The first institution of the partner that may have the record decides the quality, by the first of its lines that an act
   * knows; every act that lets this institution have the record adds its blocks.
   */
  #routeOf({ receiver, destinations }: Group, person: Person, period: Period): Route | undefined {
    let first: { readonly institution: Institution; dossier: Dossier | undefined } | undefined;
    const allowed: Destination[] = [];
    for (const one of destinations) {
      if (first !== undefined && !isSame(first.institution, one.institution)) continue;
      const dossier = coveringDossier(person.dossiers, one.holder, one.qualities, period);
      if (dossier === undefined && one.needsLine) continue;
      first ??= { institution: one.institution, dossier };
      first.dossier ??= dossier;
      allowed.push(one);
    }
    return first === undefined ? undefined : this.#route(receiver, allowed, first.dossier);
  }

  /**
   * The line that ended last stands for the one the original was sent for, and the acts by which it was open add their
   * blocks. Where no line is left nothing tells which act that was: then only what each of them gives.
   */
  #routeAfterEnd({ receiver, destinations }: Group, person: Person): Route {
    const isOpenBy = (one: Destination, { institution, quality }: Dossier) =>
      isSame(one.holder, institution) && one.qualities.has(quality);
    const dossier = person.dossiers
      .filter((dossier) => destinations.some((one) => isOpenBy(one, dossier)))
      .toSorted(byEnd)
      .at(-1);
    if (dossier === undefined) return { receiver, dossier, ...this.#planOfEach(destinations) };
    const allowed = destinations.filter((one) => isOpenBy(one, dossier));
    return this.#route(receiver, allowed, dossier);
  }

  /** What each of the destinations gives by itself. */
  #planOfEach(destinations: readonly Destination[]): Plan {
    const filteredBlocks = this.#blockNames.filter((name) => !destinations.every((one) => one.blocks.has(name)));
    const [first, ...others] = destinations;
    const mask = (first?.mask ?? []).map((passes, index) => passes && others.every((one) => one.mask[index] === true));
    return { mask, acts: actsOf(destinations), filteredBlocks };
  }

  #route(receiver: PartnerId, allowed: readonly Destination[], dossier: Dossier | undefined): Route {
    return { receiver, dossier, ...this.planOf(allowed) };
  }
}

/** One number for each institution; a type is below 2²⁰. */
function keyOf({ sector, type }: Institution): number {
  return sector * 2 ** 20 + type;
}

/** Undefined where no connected partner receives for the institution, or none for this purpose. */
function destination(
  task: BatchTask,
  layout: LayoutVersion,
  act: Authorization,
  { institution, line, qualities, blocks }: AuthorizedReceiver,
): Destination | undefined {
  const partner = partnerFor(task, institution);
  if (partner === undefined || !serves(partner, act)) return undefined;
  const allowed = new Set(blocks);
  return {
    receiver: partner.partner,
    institution,
    holder: lineHolder(institution, task.sectors),
    needsLine: line !== 'none',
    qualities: new Set(qualities),
    blocks: allowed,
    mask: maskOf(task.flow, layout, allowed),
    act: { id: act.id, version: act.version },
  };
}

/**
 * The partner that is the institution, else the managing institution of its sector. A member of a secondary network is
 * reached through that institution alone (which itself may reach its members), and so is a member whose membership is
 * sensitive.
 */
function partnerFor(task: BatchTask, institution: Institution): BatchReceiver | undefined {
  const sector = task.sectors.find(({ number }) => number === institution.sector);
  const managing = task.receivers.find(({ partner }) => partner === sector?.managingInstitution);
  if (sector?.anonymousMembers === true && institution.type !== 0) return managing;
  const own = task.receivers.find((one) => isSame(one.institution, institution));
  const isReached = own?.network !== 'secondary' || task.sender.partner === sector?.managingInstitution;
  return isReached ? (own ?? managing) : managing;
}

/** A field in no block never passes. */
function maskOf(flow: Flow, layout: LayoutVersion, blocks: ReadonlySet<string>): FieldMask {
  const fields = new Set<string>();
  for (const block of flow.blocks) {
    if (block.name === KEY_BLOCK || blocks.has(block.name)) for (const field of block.fields) fields.add(field);
  }
  return layout.fields.map((field) => fields.has(field.name));
}

/** Each act once, though several of its lines speak of this receiver. */
function actsOf(destinations: readonly Destination[]): readonly ActReference[] {
  return [...new Map(destinations.map(({ act }) => [`${act.id} ${act.version}`, act])).values()];
}

function union(destinations: readonly Destination[]): FieldMask {
  const [first, ...others] = destinations;
  if (first === undefined || others.length === 0) return first?.mask ?? [];
  return first.mask.map((passes, index) => passes || others.some((one) => one.mask[index] === true));
}

function byEnd(one: Dossier, other: Dossier): number {
  const [end, otherEnd] = [one.period.end ?? OPEN, other.period.end ?? OPEN];
  if (end !== otherEnd) return end < otherEnd ? -1 : 1;
  return one.period.begin < other.period.begin ? -1 : 1;
}
