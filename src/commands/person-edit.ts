import type { Document as Doc } from 'yaml';
import { GatewayError } from '../domain/errors.ts';
import { accountNameOf, changeAccount, dayOf, type EditOptions, standing } from './editing.ts';
import { addTo, entryOf, setIn } from './partner-document.ts';

type Out = NodeJS.WritableStream;

export type Designation = {
  readonly act: string;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
};

export type NewPerson = Designation & {
  readonly name: string;
  readonly flows?: readonly string[] | undefined;
  readonly samePersonAs?: string | undefined;
};

/** Designates a person who has no entry yet. He stays out until he has accepted the user regulation and has a certificate or key. */
export async function personAdd(name: string, person: NewPerson, options: EditOptions, out: Out): Promise<0 | 1> {
  const { id } = accountNameOf(name);
  const entry = {
    id,
    name: person.name,
    samePersonAs: person.samePersonAs,
    designation: designationOf(person),
    userRegulation: 'not-accepted',
    flows: person.flows,
  };
  const done = `designated ${name}; the user regulation is not accepted yet`;
  const told = { change: (document: Doc) => addTo(document, document, 'persons', entry), done };
  return changeAccount(name, 'person add', told, options, out);
}

/**
 * Keeps a person or machine account out, from the moment the gateway has read it. Whom the hub disabled, only the hub lets
 * in again.
 */
export async function personDisable(name: string, options: EditOptions, out: Out): Promise<0 | 1> {
  const { id } = accountNameOf(name);
  const by = options.as === undefined ? 'hub' : true;
  const change = (document: Doc) => setIn(document, entryOf(document, id), 'disabled', by);
  return changeAccount(name, 'person disable', { change, done: `disabled ${name}` }, options, out);
}

export async function personEnable(name: string, options: EditOptions, out: Out): Promise<0 | 1> {
  const { id } = accountNameOf(name);
  const change = (document: Doc) => void entryOf(document, id).delete('disabled');
  return changeAccount(name, 'person enable', { change, done: `enabled ${name}` }, options, out);
}

/** A new act of the leading official takes the place of the one before. */
export async function personDesignate(name: string, act: Designation, options: EditOptions, out: Out): Promise<0 | 1> {
  const { id } = accountNameOf(name);
  const value = designationOf(act);
  const change = (document: Doc) => setIn(document, entryOf(document, id, ['persons']), 'designation', value);
  const until = value.until === undefined ? '' : ` until ${value.until}`;
  const told = { change, done: `designated ${name} from ${value.from}${until}` };
  return changeAccount(name, 'person designate', told, options, out);
}

/** Writes down that a person accepted the user regulation: the version in force, unless another is named, today. */
export async function personAcceptRegulation(
  name: string,
  accepted: { readonly version?: string | undefined; readonly on?: string | undefined },
  options: EditOptions,
  out: Out,
): Promise<0 | 1> {
  const { id } = accountNameOf(name);
  const now = await standing(options.config);
  const version = accepted.version ?? now.regulation;
  if (version === undefined)
    throw new GatewayError('bad-request', 'gateway.yaml says no version; name one by --version');
  const value = { version, accepted: dayOf(accepted.on) };
  const change = (document: Doc) => setIn(document, entryOf(document, id, ['persons']), 'userRegulation', value);
  const stale = version === now.regulation ? '' : `; version ${now.regulation} is in force, so the person stays out`;
  const done = `${name} accepted version ${version} of the user regulation on ${value.accepted}${stale}`;
  return changeAccount(name, 'person accept-regulation', { change, done }, options, out, now);
}

function designationOf({ act, from, until }: Designation) {
  return { act, from: dayOf(from), until: until === undefined ? undefined : dayOf(until) };
}
