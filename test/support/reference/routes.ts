import type { Authorization } from '../../../src/domain/flow.ts';
import type { Institution } from '../../../src/domain/partner.ts';
import { actsOf, inOrder, isLineOf, isSame, lineFor, type Task, type Way, waysOf } from './acts.ts';
import type { Concerned } from './decide.ts';
import type { Line } from './directory.ts';
import { type Fault, fatal, isThere, type Values } from './fields.ts';
import { kboOf } from './identifiers.ts';

/** One receiver of one record. */
export type Route = {
  readonly partner: string;
  readonly acts: readonly Authorization[];
  readonly quality: string;
  readonly line?: Line | undefined;
  /** Blocks it may not have, and the fields it gets. */
  readonly filtered: readonly string[];
  readonly fields: readonly string[];
  readonly values?: Values | undefined;
};

export type Ways =
  | { readonly routes: readonly Route[]; readonly heldBack: readonly string[]; readonly remarks?: readonly Fault[] }
  | { readonly fault: Fault; readonly heldBack?: readonly string[] };

/** Everybody who may have the record and has a line for it. */
export function routes(concerned: Concerned, acts: readonly Authorization[]): readonly Route[] {
  const ways = waysOf(concerned.task, acts);
  const partners = [...new Set(ways.map(({ partner }) => partner))];
  return partners.flatMap((partner) => {
    const own = ways.filter((way) => way.partner === partner);
    return routeBy(own, concerned) ?? [];
  });
}

/**
 * The first act by whose institution the partner has a line decides the institution; every act that lets this institution
 * have the record adds its blocks.
 */
function routeBy(ways: readonly Way[], { task, person, period }: Concerned): Route | undefined {
  const isOpen = (way: Way) => way.entry.line === 'none' || lineFor(way, person.lines, period) !== undefined;
  const first = ways.find(isOpen);
  if (first === undefined) return undefined;
  const open = ways.filter((way) => isSame(way.entry.institution, first.entry.institution) && isOpen(way));
  const line = open.map((way) => lineFor(way, person.lines, period)).find((one) => one !== undefined);
  return routeOf(task, first.partner, open, line);
}

/** The one receiver a message names. */
export function addressed(concerned: Concerned, acts: readonly Authorization[]): Ways {
  const { institution, field } = named(concerned);
  return addressedTo(institution, field, concerned, acts);
}

export function addressedTo(
  institution: Institution | undefined,
  field: string,
  concerned: Concerned,
  acts: readonly Authorization[],
): Ways {
  const all = waysOf(concerned.task, acts);
  const ways = all.filter(({ entry }) => institution !== undefined && isSame(entry.institution, institution));
  if (ways.length === 0) return { fault: fatal(field, '300010') };
  const route = routeBy(ways, concerned);
  if (route === undefined) return { fault: fatal(field, 'MSG00012') };
  return { routes: [route], heldBack: [] };
}

function named({ task, layout, values }: Concerned): { institution?: Institution | undefined; field: string } {
  const { roles } = layout;
  const { receiver, receiverSector, receiverType, receiverKbo, receiverPartner } = roles;
  if (task.flow.receiver !== undefined) return { institution: task.flow.receiver, field: roles.person };
  const field = receiver ?? receiverSector ?? receiverKbo ?? receiverPartner ?? '';
  const value = values[field];
  const institution = isThere(value) ? institutionOf(value) : undefined;
  const sector = task.sectors.find(({ number }) => number === institution?.sector);
  if (institution !== undefined && institution.type !== 0 && sector?.anonymousMembers) return { field };
  return { institution, field };

  function institutionOf(text: string): Institution | undefined {
    if (receiverKbo !== undefined) return task.addressees?.find(({ kbo }) => kbo === kboOf(text))?.institution;
    if (receiverPartner !== undefined) return task.addressees?.find(({ partner }) => partner === text)?.institution;
    const type = receiverType === undefined ? undefined : values[receiverType];
    if (receiverSector !== undefined && !isThere(type)) return undefined;
    const [first, second] = receiverSector === undefined ? text.split('/') : [text, type];
    return { sector: Number(first), type: Number(second) };
  }
}

/** A change or cancellation goes to those who got the original and still may have it, whatever became of their lines. */
export function follow(concerned: Concerned, acts: readonly Authorization[]): Ways {
  const { task, layout, values, person, originals } = concerned;
  const { roles } = layout;
  const cancels = roles.cancels === undefined ? undefined : values[roles.cancels];
  const field = (isThere(cancels) ? roles.cancels : roles.reference) ?? '';
  const persons = [values[roles.person] ?? '', person.replacedBy ?? ''];
  const receivers = originals.receiversOf(values[field] ?? '', persons);
  if (receivers === undefined) return { fault: fatal(field, '157') };
  const ways = waysOf(task, acts);
  const heldBack = receivers.filter((one) => !ways.some(({ partner }) => partner === one));
  const reached = receivers.filter((one) => !heldBack.includes(one));
  if (reached.length === 0 && heldBack.length > 0) return { fault: fatal(field, '300010'), heldBack };
  const routes = reached.map((partner) => {
    const own = ways.filter((way) => way.partner === partner);
    return routeBy(own, concerned) ?? routeAfterEnd(own, concerned);
  });
  const remarks = heldBack.length > 0 ? [{ field, code: '300010', severity: 'warning' }] : [];
  return { routes, heldBack, remarks };
}

/** The line that ended last stands for the one of the original; where none is left, only what every act gives. */
function routeAfterEnd(ways: readonly Way[], { task, person }: Concerned): Route {
  const [{ partner = '' } = {}] = ways;
  const lines = inOrder(person.lines).filter((line) => ways.some((way) => isLineOf(way, line)));
  const end = (line: Line) => `${line.end ?? '9999'} ${line.begin}`;
  const last = lines.toSorted((one, other) => (end(one) < end(other) ? -1 : 1)).at(-1);
  if (last !== undefined)
    return routeOf(
      task,
      partner,
      ways.filter((way) => isLineOf(way, last)),
      last,
    );
  const common = ways
    .map(({ entry }) => entry.blocks)
    .reduce((all, blocks) => all.filter((one) => blocks.includes(one)));
  return routeOf(
    task,
    partner,
    ways.map((way) => ({ ...way, entry: { ...way.entry, blocks: common } })),
    undefined,
  );
}

function routeOf(task: Task, partner: string, ways: readonly Way[], line: Line | undefined): Route {
  const allowed = new Set(['key', ...ways.flatMap(({ entry }) => entry.blocks)]);
  const { blocks } = task.flow;
  return {
    partner,
    acts: [...new Set(ways.map(({ act }) => act))],
    quality: line?.quality ?? '',
    line,
    filtered: blocks.map(({ name }) => name).filter((name) => !allowed.has(name)),
    fields: blocks.filter(({ name }) => allowed.has(name)).flatMap(({ fields }) => fields),
  };
}

/** What stands in the file of a receiver at all: the fields that any act in force lets it have. */
export function fieldsFor(task: Task, partner: string): readonly string[] {
  const ways = waysOf(task, actsOf(task)).filter((way) => way.partner === partner);
  return routeOf(task, partner, ways, undefined).fields;
}
