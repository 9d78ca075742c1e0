import { EXCEPTION_STATES } from '../domain/exception.ts';
import { type ConfigFiles, known, unknownName } from './parse.ts';
import { choose, type Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import type { ExceptionEntry } from './schema-exception.ts';
import type { PartnerFile } from './schema-partner.ts';
import type { Path } from './yaml-file.ts';

type Checked = { readonly partner: ReadFile<PartnerFile>; readonly one: ExceptionEntry; readonly path: Path };
type Fact = 'advised' | 'granted' | 'grantedBy' | 'documentSha256' | 'from' | 'until';

/** What is written of an exception when it has come as far as a state; a state also has what the ones before it have. */
const FACTS: Readonly<Record<(typeof EXCEPTION_STATES)[number], readonly Fact[]>> = {
  requested: [],
  advised: ['advised'],
  granted: ['granted', 'grantedBy', 'documentSha256'],
  active: ['from', 'until'],
  ended: [],
};

/** Exceptions for the internet: who, for which flow, and whether the papers are there that their state asks for. */
export function exceptionProblems(files: ConfigFiles): readonly Problem[] {
  return known(files.partners).flatMap((partner) => [
    ...partner.value.exceptions.flatMap((one, index) => {
      const checked = { partner, one, path: ['exceptions', index] };
      return [
        ...papersOf(checked),
        ...datesOf(checked),
        ...flowOf(checked, files),
        ...personsOf(checked),
        ...transferOf(checked, files),
      ];
    }),
    ...idsOf(partner),
  ]);
}

function papersOf({ partner: { places }, one, path }: Checked): Problem[] {
  const problems: Problem[] = [];
  const reached = EXCEPTION_STATES.indexOf(one.state);
  for (const [position, state] of EXCEPTION_STATES.entries()) {
    for (const fact of FACTS[state]) {
      if (one.state !== 'ended' && position <= reached && one[fact] === undefined) {
        const message = `an exception that is ${one.state} needs "${fact}"`;
        problems.push(places.at([...path, 'state'], message, `add "${fact}", or write the state it has reached`));
      }
      if (position > reached && (fact === 'granted' || fact === 'advised') && one[fact] !== undefined) {
        const message = `the exception was ${fact} on ${one[fact]}, and its state is "${one.state}"`;
        problems.push(places.at([...path, 'state'], message, `write ${fact}, or remove that date`));
      }
    }
  }
  if (one.act === 'consult' && one.aim === undefined) {
    problems.push(places.at([...path, 'act'], 'a consultation says what it is for', 'add "aim"'));
  }
  return problems;
}

/** Each step of the procedure comes after the one before. */
function datesOf({ partner: { places }, one, path }: Checked): Problem[] {
  const problems: Problem[] = [];
  let last: { readonly key: string; readonly day: string } = { key: 'requested', day: one.requested };
  for (const key of ['advised', 'granted', 'from', 'until'] as const) {
    const day = one[key];
    if (day === undefined) continue;
    if (day < last.day) {
      const message = `"${key}", ${day}, lies before "${last.key}", ${last.day}`;
      problems.push(places.at([...path, key], message, 'correct one of the two dates'));
    }
    last = { key, day };
  }
  return problems;
}

function flowOf({ partner: { places, value, whole }, one, path }: Checked, { flows }: ConfigFiles): Problem[] {
  if (!flows.has(one.flow)) return [places.at([...path, 'flow'], ...unknownName('flow', one.flow, flows))];
  const own = [...new Set([...value.sends, ...value.receives])];
  if (!whole || own.includes(one.flow)) return [];
  const message = `the exception is for flow "${one.flow}", which ${value.id} neither sends nor receives`;
  return [places.at([...path, 'flow'], message, choose(one.flow, own, 'flow'))];
}

function personsOf({ partner: { places, value, whole }, one, path }: Checked): Problem[] {
  if (!whole) return [];
  const problems: Problem[] = [];
  const ids = value.persons.map(({ id }) => id);
  for (const [index, id] of one.persons.entries()) {
    const at = [...path, 'persons', index];
    const person = value.persons.find((candidate) => candidate.id === id);
    if (value.machines.some((machine) => machine.id === id)) {
      const message = `${id} is a machine account, and no application comes in over the internet`;
      problems.push(places.at(at, message, 'name a person'));
    } else if (person === undefined) {
      problems.push(places.at(at, `${value.id} has no person "${id}"`, choose(id, ids, 'person')));
    } else if (person.flows !== 'all' && !person.flows.includes(one.flow)) {
      const message = `${id} does not work with flow "${one.flow}"`;
      problems.push(places.at(at, message, 'add the flow to the person, or name another person'));
    }
  }
  if (one.use === 'automated-by-named-person' && one.persons.length > 1) {
    const message = 'a program works in the session of one named person';
    problems.push(places.at([...path, 'persons', 1], message, 'write an exception for each person'));
  }
  return problems;
}

/** Bytes go over the internet by an act of their own, and nobody who only consults hands anything in. */
function transferOf({ partner: { places, whole }, one, path }: Checked, { authorizations }: ConfigFiles): Problem[] {
  const { fileTransfer } = one;
  if (fileTransfer === undefined) return [];
  const problems: Problem[] = [];
  const at = [...path, 'fileTransfer'];
  const upload = fileTransfer.directions.indexOf('upload');
  if (one.act === 'consult' && upload >= 0) {
    const message = 'who consults hands nothing in';
    problems.push(places.at([...at, 'directions', upload], message, 'remove upload, or write "act: communicate"'));
  }
  const acts = known(authorizations).filter(({ value }) => value.id === fileTransfer.authorization);
  // Where there is no act at all, their folder is missing, and that is told.
  const allWhole = authorizations.size > 0 && [...authorizations.values()].every((file) => file?.whole === true);
  if (acts.length === 0 && allWhole) {
    const ids = new Map(known(authorizations).map(({ value }) => [value.id, value]));
    const unknown = unknownName('authorization', fileTransfer.authorization, ids);
    problems.push(places.at([...at, 'authorization'], ...unknown));
  }
  if (whole && acts.length > 0 && acts.every(({ value }) => value.flow !== one.flow)) {
    const message = `the act "${fileTransfer.authorization}" is not about flow "${one.flow}"`;
    problems.push(places.at([...at, 'authorization'], message, 'name an act about this flow'));
  }
  return problems;
}

function idsOf({ places, value }: ReadFile<PartnerFile>): Problem[] {
  return value.exceptions.flatMap(({ id }, index) =>
    value.exceptions.findIndex((one) => one.id === id) === index
      ? []
      : [places.at(['exceptions', index, 'id'], `the exception "${id}" stands twice`, 'give each an id of its own')],
  );
}
