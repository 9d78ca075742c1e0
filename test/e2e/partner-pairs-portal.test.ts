import { afterAll, beforeAll, expect, test } from 'vitest';
import { Description } from '../support/api-description.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { Listener } from '../support/event-source.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder } from '../support/gateway.ts';
import { quickSettling } from '../support/settle.ts';
import { absentNames, Holder, sameFlow, withoutNames } from './absent/held.ts';
import { Asker, CONTENT, folderOf, type Heard, PARTNERS, type PartnerName, startPairs } from './absent/place.ts';
import { ANSWERS_OWN, CASES, type Names, unusedNames } from './absent/portal-cases.ts';

let gateway: RunningGateway;
let audit: AuditTrail;
const holders = new Map<PartnerName, Holder>();
const askers = new Map<PartnerName, Asker>();

const of = <Value>(map: ReadonlyMap<PartnerName, Value>, partner: PartnerName): Value => {
  const found = map.get(partner);
  if (found === undefined) throw new Error(`nothing of ${partner}`);
  return found;
};

beforeAll(async () => {
  gateway = await startPairs({
    'gateway.yaml': quickSettling,
    // No authorization allows it: what it hands in is refused, and has a ticket.
    'partners/kbf.yaml': (text) => text.replace('sends: []', 'sends: [WLAT]'),
  });
  audit = new AuditTrail(gateway);
  for (const partner of PARTNERS) {
    holders.set(partner, await Holder.open(gateway, partner));
    askers.set(partner, await Asker.open(gateway, `anna@${partner}`));
  }
});
afterAll(async () => {
  for (const one of [...holders.values(), ...askers.values()]) one.close();
  await gateway.stop();
  await removeFolder(gateway);
});

const PAIRS = PARTNERS.flatMap((owner, row) =>
  PARTNERS.filter((one) => one !== owner).map((outsider, column) => ({ owner, outsider, absent: `q${row}${column}` })),
);

const namesOf = (owner: PartnerName, outsider: PartnerName): Promise<Names> =>
  of(holders, owner).names(`${folderOf(outsider)}/own.txt`, sameFlow(owner, outsider));

/** What was heard, as it would be of other names. */
function plain({ status, headers, body }: Heard, names: Names): unknown {
  const text = (value: string) => withoutNames(decodeURIComponent(value), names).replace(/"reference":"[^"]*"/g, '');
  return [status, headers.map(text), text(body.replaceAll('%', '%25'))];
}

test('every route of the API has its cases, and they use every name that it takes', async () => {
  const operations = (await Description.shipped()).operations();
  const routeOf = ({ method, pattern }: { method: string; pattern: string }) => `${method.toUpperCase()} ${pattern}`;
  expect(operations.map(routeOf).sort()).toEqual(Object.keys(CASES).sort());
  const names = await namesOf('ksz', 'rva');
  const missing = operations.map((one) => {
    const requests = Object.values(CASES[routeOf(one)]?.(names) ?? {});
    const [path = ''] = one.pattern.split('{');
    const elsewhere = requests.filter(({ target }) => !target.startsWith(`/api/v1${path}`));
    return [routeOf(one), unusedNames(one, requests), elsewhere];
  });
  expect(missing.filter(([, unused = [], elsewhere = []]) => unused.length + elsewhere.length > 0)).toEqual([]);
});

test.each(PAIRS)('$outsider hears of all that $owner has what it hears of nothing, from every route', async (pair) => {
  const asker = of(askers, pair.outsider);
  const held = await namesOf(pair.owner, pair.outsider);
  const none = absentNames(held, pair.absent);
  const done: unknown[] = [];
  const differ: unknown[] = [];
  for (const [route, cases] of Object.entries(CASES)) {
    const twins = cases(none);
    for (const [what, request] of Object.entries(cases(held))) {
      const twin = twins[what];
      if (twin === undefined) throw new Error(`${route}: ${what}`);
      const [seen, unseen] = [await asker.ask(request), await asker.ask(twin)];
      const one = [route, what];
      if (seen.status < 400 && !ANSWERS_OWN.has(route)) done.push([...one, seen.status]);
      if (seen.body.includes(held.ticket) && !request.target.includes(held.ticket)) done.push([...one, seen.body]);
      const [told, untold] = [plain(seen, held), plain(unseen, none)];
      if (JSON.stringify(told) !== JSON.stringify(untold)) differ.push([...one, told, untold]);
    }
  }
  expect(done).toEqual([]);
  expect(differ).toEqual([]);
});

test.each(PAIRS)('the event that $owner heard last brings $outsider nothing of it', async ({ owner, outsider }) => {
  const heard = await Listener.open(gateway, `anna@${owner}`);
  const last = heard.told.at(-1)?.id ?? '';
  const held = await namesOf(owner, outsider);
  await of(holders, owner).touch();
  await heard.first('folder', ({ path }) => path === held.folder);
  heard.close();
  const other = await Listener.open(gateway, `anna@${outsider}`, last);
  await of(holders, outsider).touch();
  await other.first('folder', ({ path }) => path === folderOf(outsider));
  other.close();
  const told = JSON.stringify(other.told.map(({ event, data }) => [event, data]));
  for (const name of [held.folder, held.ticket, held.delivery, held.mail]) expect(told).not.toContain(name);
});

test('the log says of each thing that is held what it says of nothing', async () => {
  const path = '/SHARED/the-last';
  await of(askers, 'ksz').ask({ method: 'GET', target: `/api/v1/entry?path=${path}` });
  const every = await eventually('the line of the last request', async () => {
    const lines = await audit.every();
    return lines.some(({ fields }) => fields.path === path) ? lines : undefined;
  });
  for (const { owner, outsider, absent } of PAIRS) {
    const held = await namesOf(owner, outsider);
    const none = absentNames(held, absent);
    const linesOf = (names: Names) => {
      const marks = [names.folder, names.mail].map((name) => name.toLowerCase());
      return every
        .filter(({ fields }) => fields.principal === `anna@${outsider}` && fields.protocol === 'portal')
        .map(({ kind, outcome, fields }) => [kind, outcome, fields.path, fields.to, fields.code].map(String))
        .filter((line) => marks.some((mark) => line.join(' ').toLowerCase().includes(mark)))
        .map((line) => line.map((field) => withoutNames(field, { ...names, flow: undefined })));
    };
    expect(linesOf(held).length, `${outsider} ${owner}`).toBeGreaterThan(20);
    expect(linesOf(held), `${outsider} ${owner}`).toEqual(linesOf(none));
  }
});

test('afterwards everybody has what he had, unchanged', async () => {
  for (const partner of PARTNERS) {
    expect([partner, await of(holders, partner).untouched()]).toEqual([partner, [CONTENT, 5]]);
  }
});
