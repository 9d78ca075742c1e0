import { type Document, isMap, isSeq, stringify } from 'yaml';
import { GatewayError } from '../domain/errors.ts';
import { institutionName } from '../domain/partner.ts';
import { accountNameOf, carryOut, dayOf, type EditOptions, partnerOf, standing } from './editing.ts';
import { addTo, setIn } from './partner-document.ts';
import type { CommonOptions } from './places.ts';

type Out = NodeJS.WritableStream;

/** What a new partner file must say; people as `Name <address@example.org>`. */
export type NewPartner = {
  readonly name: string;
  readonly institution: string;
  readonly kbo: string;
  readonly language: string;
  readonly network: string;
  readonly layout: string;
  readonly answerFormat: string;
  readonly senderNumbers: readonly string[];
  readonly sends: readonly string[];
  readonly receives: readonly string[];
  readonly accessMethod: string;
  readonly address: string;
  readonly leadingOfficial: string;
  readonly ciso: string;
  readonly dpo: string;
  readonly localAdministrator: string;
  readonly mandateFrom: string | undefined;
  readonly helpdesk: string;
  readonly telephone: string;
};

/** Makes the file of a partner, with nobody in it. For the hub. */
export async function partnerAdd(id: string, facts: NewPartner, options: EditOptions, out: Out): Promise<0 | 1> {
  const now = await standing(options.config);
  const file = `partners/${id}.yaml`;
  if (now.tree.files.has(file)) throw new GatewayError('precondition-failed', `there is a partner ${id} already`);
  const { name, institution, kbo, network, layout, answerFormat, language, senderNumbers, sends, receives } = facts;
  const value = {
    ...{ id, name, institution, kbo, network, layout, answerFormat, language, senderNumbers, sends, receives },
    accessMethods: [{ method: facts.accessMethod, address: facts.address }],
    officials: {
      leadingOfficial: personIn(facts.leadingOfficial),
      ciso: personIn(facts.ciso),
      dpo: personIn(facts.dpo),
      localAdministrators: [{ ...personIn(facts.localAdministrator), mandate: { from: dayOf(facts.mandateFrom) } }],
    },
    helpdesk: { ...personIn(facts.helpdesk), telephone: facts.telephone },
    persons: [],
    machines: [],
  };
  const make = stringify(value, { lineWidth: 0, flowCollectionPadding: false });
  const done = `made ${file}; nobody is in it yet`;
  const plan = { command: 'partner add', subject: id, partner: id, who: 'hub', edit: { file, make }, done } as const;
  return carryOut(plan, now, options, out);
}

export async function partnerDisable(id: string, options: EditOptions, out: Out): Promise<0 | 1> {
  return changePartner(
    id,
    'partner disable',
    (document) => void document.set('disabled', true),
    `disabled ${id}`,
    options,
    out,
  );
}

export async function partnerEnable(id: string, options: EditOptions, out: Out): Promise<0 | 1> {
  return changePartner(
    id,
    'partner enable',
    (document) => void document.delete('disabled'),
    `enabled ${id}`,
    options,
    out,
  );
}

/** A machine account, without certificate or key; `sluis person` gives it those. For the hub. */
export async function partnerMachine(
  name: string,
  machine: { readonly purpose: string; readonly flows?: readonly string[] | undefined },
  options: EditOptions,
  out: Out,
): Promise<0 | 1> {
  const { id, partner } = accountNameOf(name);
  const entry = { id, purpose: machine.purpose, flows: machine.flows };
  const change = (document: Document) => addTo(document, document, 'machines', entry);
  return changePartner(partner, 'partner machine', change, `made the machine account ${name}`, options, out, name);
}

/** Gives a local administrator a mandate. For the hub. */
export async function partnerMandate(
  id: string,
  administrator: string,
  days: { readonly from?: string | undefined; readonly until?: string | undefined },
  options: EditOptions,
  out: Out,
): Promise<0 | 1> {
  const person = personIn(administrator);
  const until = days.until === undefined ? {} : { until: dayOf(days.until) };
  const entry = { ...person, mandate: { from: dayOf(days.from), ...until } };
  const change = (document: Document) => {
    const officials = document.get('officials');
    if (!isMap(officials)) throw new GatewayError('bad-request', `partners/${id}.yaml has no officials`);
    addTo(document, officials, 'localAdministrators', entry);
  };
  const done = `${person.email} is a local administrator of ${id} from ${entry.mandate.from}`;
  return changePartner(id, 'partner mandate', change, done, options, out);
}

/** Takes it away: from that day, today where none is named, whoever held it changes nothing any more. */
export async function partnerWithdraw(
  id: string,
  email: string,
  on: string | undefined,
  options: EditOptions,
  out: Out,
): Promise<0 | 1> {
  const day = dayOf(on);
  const change = (document: Document) => {
    const list = document.getIn(['officials', 'localAdministrators']);
    const found = isSeq(list) ? list.items.find((item) => isMap(item) && item.get('email') === email) : undefined;
    const mandate = isMap(found) ? found.get('mandate') : undefined;
    if (!isMap(mandate)) throw new GatewayError('not-found', `${email} is no local administrator of ${id}`);
    setIn(document, mandate, 'withdrawn', day);
  };
  const done = `the mandate of ${email} for ${id} is withdrawn from ${day}`;
  return changePartner(id, 'partner withdraw', change, done, options, out);
}

export async function partnerList(options: CommonOptions, out: Out): Promise<0> {
  const { partners } = await standing(options.config);
  const list = [...partners.values()].map(({ id, name, institution, network, disabled, persons, machines }) => {
    const counts = { persons: persons.length, machines: machines.length };
    return { id, name, institution: institutionName(institution), network, disabled, ...counts };
  });
  if (options.json) out.write(`${JSON.stringify({ partners: list })}\n`);
  else {
    for (const one of list) {
      const state = one.disabled ? 'disabled' : 'in force';
      const counts = `persons ${one.persons}, machines ${one.machines}`;
      out.write(`${one.id.padEnd(12)}${one.institution.padEnd(8)}${state.padEnd(10)}${counts}  ${one.name}\n`);
    }
  }
  return 0;
}

/** The file of a partner as it stands; as JSON, what it means. */
export async function partnerShow(id: string, options: CommonOptions, out: Out): Promise<0> {
  const now = await standing(options.config);
  const value = partnerOf(now, id);
  out.write(options.json ? `${JSON.stringify(value)}\n` : (now.tree.files.get(`partners/${id}.yaml`) ?? ''));
  return 0;
}

async function changePartner(
  id: string,
  command: string,
  change: (document: Document) => void,
  done: string,
  options: EditOptions,
  out: Out,
  subject = id,
): Promise<0 | 1> {
  const now = await standing(options.config);
  partnerOf(now, id);
  const edit = { file: `partners/${id}.yaml`, change };
  return carryOut({ command, subject, partner: id, who: 'hub', edit, done }, now, options, out);
}

/** `Name <address@example.org>`. @throws GatewayError `bad-request` */
function personIn(text: string): { readonly name: string; readonly email: string } {
  const [, name, email] = /^(.*\S)\s*<([^\s<>]+)>$/.exec(text) ?? [];
  if (name === undefined || email === undefined) {
    throw new GatewayError(
      'bad-request',
      `write a name and an address for "${text}", as in "Anna Demo <anna@rva.example>"`,
    );
  }
  return { name, email };
}
