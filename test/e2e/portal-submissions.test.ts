import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { List } from '../../src/portal/schemas/common.ts';
import type { Expected } from '../../src/portal/schemas/expected.ts';
import type { Codes, Flow, Flows } from '../../src/portal/schemas/flows.ts';
import type { Rights } from '../../src/portal/schemas/rights.ts';
import type {
  DryRun,
  RefusedRecord,
  Submission,
  SubmissionDetail,
  Verification,
} from '../../src/portal/schemas/submissions.ts';
import { eventually } from '../support/eventually.ts';
import { WITH_TARIFF } from '../support/exchange-kinds.ts';
import { adrm, ExchangePlace, goodRow } from '../support/exchange-place.ts';
import { PortalClient } from '../support/portal.ts';

/** The value of an answer, which the client has held against the description of the API. */
async function got<T>(client: PortalClient, path: string, headers: Readonly<Record<string, string>> = {}): Promise<T> {
  return (await client.get(path, headers)) as T;
}

const ATTEST =
  '{"seq":1,"ticket":"7d1c0b8e-0000-4000-8000-000000000911","legalContext":"FAMILY_BENEFITS_RIGHT","ssin":"74031295171",' +
  '"sender":{"sector":18,"institution":0},"attest":"UNEMPLOYED","status":0,"period":{"begin":"2025-11-01","end":null},' +
  '"longTerm":false,"ref":"PORTAL-1"}\n';
/** Wrong check digits, and a day that a spreadsheet would take for a formula. */
const BAD_ROW = goodRow(2).replace('74031295170', '74031295171').replace('2026-01-05', '=1+1');
const SENT = adrm(goodRow(1), BAD_ROW, goodRow(3));

const NO_RECORD: RefusedRecord = { record: 0, ticket: '', faults: [] };

let place: ExchangePlace;
let anna: PortalClient;
let bram: PortalClient;
let rva: PortalClient;
let ticket: string;
let set: string;

beforeAll(async () => {
  const rate = (text: string) => text.replace(/simulationBytesPerHour: \d+/, 'simulationBytesPerHour: 5000');
  place = await ExchangePlace.open(
    {
      ...WITH_TARIFF,
      'gateway.yaml': rate,
      'partners/ksz.yaml': (text) =>
        (WITH_TARIFF['partners/ksz.yaml']?.(text) ?? text).replace(/(- id: bram\n)/, '$1    flows: [SOCR]\n'),
    },
    true,
  );
  const { gateway } = place;
  [anna, bram, rva] = (await Promise.all(
    ['anna@ksz', 'bram@ksz', 'anna@rva'].map((account) => PortalClient.open(gateway, account)),
  )) as [PortalClient, PortalClient, PortalClient];
  await (await place.client('batch@ksz')).put('/IN/ADRM/ADRM bad record.csv', SENT);
  await (await place.client('batch@rva')).put('/IN/WLAT portal.jsonl', ATTEST);
  ticket = await answered(anna, 'bad record');
  set = await answered(rva, 'portal');
});

afterAll(async () => {
  for (const client of [anna, bram, rva]) client?.close();
  await place?.close();
});

/** The ticket of the latest submission whose name holds a text, once it is answered. */
async function answered(client: PortalClient, text: string): Promise<string> {
  return eventually(`the answer to ${text}`, async () => {
    const { items } = await got<List<Submission>>(client, `/submissions?q=${encodeURIComponent(text)}`);
    return items[0]?.answeredAt === null ? undefined : items[0]?.ticket;
  });
}

describe('a file with one bad record', () => {
  test('stands in the list of its sender with its totals, and where its answers lie', async () => {
    const { items, next } = await got<List<Submission>>(anna, '/submissions?flow=ADRM&state=partially-accepted');
    expect(next).toBeNull();
    expect(items).toEqual([
      {
        ...{ ticket, file: 'ADRM bad record.csv', path: '/IN/ADRM/ADRM bad record.csv', flow: 'ADRM' },
        ...{ flowName: 'Address mutations', environment: 'R', state: 'partially-accepted' },
        size: Buffer.byteLength(SENT),
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        receivedAt: expect.any(String),
        answeredAt: expect.any(String),
        records: { total: 3, accepted: 2, refused: 1, withoutReceiver: 0 },
        errors: [],
        receipt: ['.receipt.json', '.receipt.json.p7s'].map(placed),
        notification: ['.notification.json', '.notification.json.p7s'].map(placed),
      },
    ]);
  });

  test('has a story that names no receiver, and says what to do next', async () => {
    await anna.raw('GET', `/files/OUT/ADRM/${encodeURIComponent(`ADRM bad record.csv.${ticket}.notification.json`)}`);
    const detail = await got<SubmissionDetail>(anna, `/submissions/${ticket}`);
    expect(detail.timeline.map(({ event, by }) => [event, by])).toEqual([
      ['received', 'batch@ksz'],
      ['receipt', null],
      ['checking', null],
      ['answered', null],
      ['delivered', null],
      ['picked-up', 'anna@ksz'],
    ]);
    expect(detail.timeline.slice(3, 5).map(({ text }) => text)).toEqual([
      'The check is done; the notification is in your mailbox. (2/3)',
      'What was accepted was delivered. (1)',
    ]);
    expect(JSON.stringify(detail)).not.toContain('rjv');
    expect([detail.missing, detail.next]).toEqual([
      [],
      'Correct the refused records and send only those again, in a new file.',
    ]);
  });

  const REFUSED = {
    nl: [
      'Dit nummer is niet geldig: het controlegetal of de opbouw klopt niet.',
      'Kijk het nummer na.',
      'de persoon, met het nummer dat de verzender kent',
    ],
    fr: [
      'Ce numéro n’est pas valable : son chiffre de contrôle ou sa composition est incorrecte.',
      'Vérifiez le numéro.',
      'la personne, par le numéro que l’expéditeur connaît',
    ],
    de: [
      'Diese Nummer ist ungültig: Prüfziffer oder Aufbau stimmt nicht.',
      'Prüfen Sie die Nummer.',
      'die Person, mit der Nummer, die der Absender kennt',
    ],
    en: [
      'This number is not valid: its check digits or its structure are wrong.',
      'Check the number.',
      'the person, by the number the sender knows',
    ],
  } as const;
  for (const [language, [text, remedy, fieldName]] of Object.entries(REFUSED)) {
    test(`shows exactly that record in ${language}, with the values as they were sent`, async () => {
      const page = await got<List<RefusedRecord>>(anna, `/submissions/${ticket}/refused`, {
        'X-Sluis-Language': language,
      });
      expect(page.next).toBeNull();
      expect(page.items).toHaveLength(1);
      const [{ faults, ...record } = NO_RECORD] = page.items;
      expect(record).toEqual({ record: 2, ticket: `${ticket}-2` });
      expect(faults.map(({ field, value, code }) => [field, value, code])).toEqual([
        ['ssin', '74031295171', 'MSG00011'],
        ['effective_date', '=1+1', 'MSG00008'],
      ]);
      expect(faults?.[0]).toMatchObject({ fieldName, severity: 'fatal', text: `${text} (N11)`, remedy });
    });
  }

  test('can be filtered by code, field and any text, and paged through', async () => {
    const found = async (query: string) => {
      const { items } = await got<List<RefusedRecord>>(anna, `/submissions/${ticket}/refused?${query}`);
      return items.length;
    };
    const cases = {
      'code=MSG00011': 1,
      'code=000050': 0,
      'field=effective_date': 1,
      'field=street': 0,
      'q=95171': 1,
      'q=95170': 0,
      'code=MSG00011&field=effective_date': 0,
    };
    for (const [query, count] of Object.entries(cases)) expect([query, await found(query)]).toEqual([query, count]);
    expect((await anna.ask('GET', `/submissions/${ticket}/refused?cursor=x`)).status).toBe(400);
  });

  test('comes as a table for spreadsheets that runs no formula', async () => {
    const answer = await anna.ask('GET', `/submissions/${ticket}/refused.csv`);
    expect(answer.headers['content-disposition']).toContain(`${ticket}.refused.csv`);
    const lines = answer.body.toString('utf8').split('\r\n');
    expect(lines[0]).toBe('\ufeffrecord;ticket;field;field_name;value;code;severity;text;remedy');
    expect(lines[1]).toBe(
      `2;${ticket}-2;ssin;the person, by the number the sender knows;74031295171;MSG00011;fatal;This number is not valid: its check digits or its structure are wrong. (N11);Check the number.`,
    );
    expect(lines[2]?.split(';')[4]).toBe("'=1+1");
    expect(lines).toHaveLength(4);
  });
});

describe('answers', () => {
  test('verify as the hub has them, and as the caller has them until one byte changes', async () => {
    const { files } = (await anna.ask('POST', `/submissions/${ticket}/verify`)).json as Verification;
    expect(files).toEqual(
      ['receipt', 'notification'].map((kind) => ({
        ...{ name: `ADRM bad record.csv.${ticket}.${kind}.json`, valid: true, digestMatches: true, problems: [] },
        ...{ signer: 'C=BE, O=Sluis Demo, CN=Sluis Demo Signer', signedAt: expect.any(String) },
      })),
    );
    const name = files[0]?.name ?? '';
    const { body } = await anna.ask('GET', `/submissions/${ticket}/answers/${encodeURIComponent(name)}`);
    const verdict = async (bytes: Buffer) => {
      const query = `name=${encodeURIComponent(name)}`;
      const { json } = await anna.ask('POST', `/submissions/${ticket}/verify?${query}`, { body: bytes });
      return (json as Verification).files;
    };
    expect(await verdict(body)).toMatchObject([{ name, valid: true, digestMatches: true }]);
    const altered = Buffer.from(body);
    altered[100] = (altered[100] ?? 0) ^ 1;
    expect(await verdict(altered)).toEqual([
      {
        ...{ name, valid: false, digestMatches: false, signer: null, signedAt: null },
        problems: ['This is not what was signed: the file was altered. (wrong-digest)'],
      },
    ]);
  });

  test('of the batch channel are read as well: the notification tells the value', async () => {
    const page = await got<List<RefusedRecord>>(rva, `/submissions/${set}/refused`);
    expect(page.items).toMatchObject([
      { record: 1, faults: [{ field: 'ssin', value: '74031295171', code: 'MSG00011' }] },
    ]);
    const { files } = (await rva.ask('POST', `/submissions/${set}/verify`)).json as Verification;
    expect(files.map(({ name, valid }) => [name.slice(0, 7), valid])).toEqual([
      ['FO.ACRF', true],
      ['FO.NOTI', true],
    ]);
  });
});

describe('who may not see a submission', () => {
  const ABSENT = '0000000000000';
  const PATHS = ['', '/refused', '/refused.csv', '/answers/x', '/verify'];

  test('finds nothing of it: neither another partner, nor a clerk of another flow', async () => {
    for (const client of [bram, rva]) {
      const { items } = await got<List<Submission>>(client, '/submissions');
      expect(items.map((one) => one.ticket)).not.toContain(ticket);
      for (const path of PATHS) {
        const method = path === '/verify' ? 'POST' : 'GET';
        const [hidden, absent] = [
          await client.ask(method, `/submissions/${ticket}${path}`),
          await client.ask(method, `/submissions/${ABSENT}${path}`),
        ];
        expect([path, hidden.status, hidden.json]).toEqual([path, 404, absent.json]);
      }
    }
  });

  test('sees the flows he works with, and no others', async () => {
    const codes = async (client: PortalClient) => (await got<Flows>(client, '/flows')).items.map((one) => one.code);
    expect([await codes(anna), await codes(bram), await codes(rva)]).toEqual([
      ['ADRM', 'SOCQ', 'SOCR'],
      ['SOCR'],
      ['WLAT'],
    ]);
    expect((await bram.ask('GET', '/flows/ADRM')).status).toBe(404);
    expect((await bram.ask('GET', '/flows/ADRM/samples/1_ADRM_address_mutation.csv')).status).toBe(404);
  });
});

describe('a dry run', () => {
  const run = (client: PortalClient, query: string, body: string) => client.ask('POST', `/dry-runs?${query}`, { body });

  test('tells what would be refused, and delivers nothing', async () => {
    const name = `ADRM ${randomUUID()}.csv`;
    const answer = (await run(anna, `name=${encodeURIComponent(name)}`, SENT)).json as DryRun;
    expect(answer).toMatchObject({
      ...{ file: name, flow: 'ADRM', state: 'partially-accepted', truncated: false },
      records: { total: 3, accepted: 2, refused: 1, withoutReceiver: 0 },
      refused: [{ record: 2, faults: [{ field: 'ssin', value: '74031295171', code: 'MSG00011' }, { value: '=1+1' }] }],
      next: 'Nothing was delivered. Correct what stands below before you send the file.',
    });
    const { items } = await got<List<Submission>>(anna, `/submissions?q=${encodeURIComponent(name)}`);
    expect(items).toEqual([]);
    const [dry] = await place.audit.all({ kind: 'dry-run', fields: { file: name } });
    expect(dry).toBeDefined();
    const tickets = (await place.audit.all({ kind: 'delivery' })).map(({ fields }) => fields.ticket);
    expect(tickets).not.toContain(dry?.fields.ticket);
  });

  test('of a good file says that it can be sent', async () => {
    const answer = (await run(anna, 'name=x.csv&flow=ADRM', adrm(goodRow(1)))).json as DryRun;
    expect(answer).toMatchObject({
      state: 'accepted',
      refused: [],
      next: expect.stringContaining('you can send the file'),
    });
  });

  test('is refused for a flow that is none of the caller’s, or not clear', async () => {
    expect((await run(bram, 'name=x.csv&flow=ADRM', SENT)).status).toBe(400);
    expect((await run(anna, 'name=what.csv', SENT)).status).toBe(400);
  });
});

test('a dry run over the rate of its partner is told when to come again', async () => {
  const large = adrm(...Array.from({ length: 60 }, (_, index) => goodRow(index + 1)));
  const run = () => anna.ask('POST', '/dry-runs?flow=ADRM&name=x.csv', { body: large });
  expect((await run()).status).toBe(200); // who has anything left may try a file of any size
  const refused = await run();
  expect([refused.status, refused.json]).toMatchObject([429, { code: 'too-many-requests' }]);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(60);
  const other = await rva.ask('POST', '/dry-runs?flow=WLAT&name=x.jsonl', { body: ATTEST });
  expect(other.status).toBe(200);
});

test('what is expected is told by month, to who works with the flow', async () => {
  const year = new Date().getUTCFullYear() + 1; // the hub knows of it since the gateway started
  const { items } = await got<Expected>(rva, `/expected?month=${year}-02`);
  expect(items).toEqual([
    {
      ...{ flow: 'WLAT', flowName: 'Unemployment attests', partner: 'rva', day: `${year}-02-28` },
      ...{ state: 'expected', dueAt: `${year}-02-28T17:00:00.000Z`, files: [] },
    },
  ]);
  expect(await got<Expected>(anna, `/expected?month=${year}-02`)).toMatchObject({
    items: [],
    serialGaps: [],
    alarms: [],
  });
  expect((await rva.ask('GET', '/expected?month=2026-13')).status).toBe(400);
});

describe('the page of a flow', () => {
  test('tells folders, layout, rules, codes and samples', async () => {
    const page = await got<Flow>(rva, '/flows/WLAT', { 'X-Sluis-Language': 'fr' });
    expect(page).toMatchObject({
      code: 'WLAT',
      name: 'Unemployment attests',
      kind: 'mutation',
      sends: true,
      receives: false,
    });
    expect(page.folders[1]).toEqual({ environment: 'T', intake: '/INTEST', mailbox: '/OUTTEST' });
    expect(page.layouts[0]?.fields).toContainEqual({
      ...{ position: 'membre', name: 'period.end', form: 'YYYY-MM-DD', required: 'no' },
      ...{ meaning: 'dernier jour ; null tant que cela dure', block: 'period' },
    });
    expect(page.layouts[0]?.rules).toContain('`period.end` n’est pas avant `period.begin`.');
    expect(page.codes).toContainEqual({
      ...{ code: 'MSG00006', where: 'remark', text: 'Ce numéro a été remplacé.' },
      remedy: 'Utilisez désormais le nouveau numéro.',
    });
    expect(page.samples).toEqual(['4_WLAT_original.jsonl', '4_WLAT_unemployment_attest.jsonl']);
    const sample = await rva.ask('GET', '/flows/WLAT/samples/4_WLAT_original.jsonl');
    expect(sample.body.toString()).toContain('"ref":"RVA-000744"');
    expect((await rva.ask('GET', '/flows/WLAT/samples/1_ADRM_address_mutation.csv')).status).toBe(404);
  });

  test('codes are explained, of one flow or of all', async () => {
    const all = await got<Codes>(rva, '/codes');
    const one = await got<Codes>(rva, '/codes?flow=WLAT');
    expect(all).toEqual(one);
    expect(one.items.find(({ code }) => code === '134')).toEqual({
      ...{ code: '134', where: 'receipt', text: 'This file holds no data.' },
      remedy: 'Send a file with at least one record.',
    });
    expect((await rva.ask('GET', '/codes?flow=ADRM')).status).toBe(404);
  });
});

describe('what a person may do', () => {
  test('is told with the acts and lines behind it, in his language', async () => {
    const rights = await got<Rights>(anna, '/rights', { 'X-Sluis-Language': 'de' });
    expect(rights).toMatchObject({
      person: 'anna@ksz',
      designation: { act: 'Designation by the leading official of KSZ (demo)', from: '2020-01-01', until: null },
      regulation: { version: '1', accepted: '2020-01-01' },
      access: [
        { method: 'line', address: '127.0.0.1', allowed: true, why: 'So sind Sie jetzt eingetreten.' },
        { method: 'internet', allowed: false },
      ],
      ...{ exceptions: [], level: 1 },
    });
    const folder = (path: string) => rights.folders.find((one) => one.path === path);
    expect(folder('/IN/ADRM')).toEqual({
      ...{ path: '/IN/ADRM', until: null },
      rights: ['list', 'read', 'create', 'overwrite', 'delete', 'move', 'view'],
      grantedBy: 'Ein Ordner, in den Ihre Einrichtung Dateien einreicht, wie jeder Partner ihn hat.',
    });
    expect(folder('/OUT/ADRM')?.rights).toEqual(['list', 'read', 'view']);
    expect(folder('/SHARED/work')?.grantedBy).toContain('folders.yaml#/folders/');
    const [adrm] = rights.flows;
    expect(adrm).toMatchObject({ code: 'ADRM', maySend: true, mayReceive: false });
    expect(adrm?.authorizations).toContainEqual({
      ...{ id: 'adrm-ksz-rjv', act: 'communication', purpose: 'ADDRESS_MAINTENANCE' },
      reference: expect.stringContaining('deliberation'),
      ...{ from: '2020-01-01', until: null },
    });
    expect(rights.limits.find(({ name }) => name === 'stepUpHours')?.value).toBe(4);
  });

  test('of a clerk is what his flows allow, and not those of a colleague', async () => {
    const { flows, folders } = await got<Rights>(bram, '/rights');
    expect(flows.map(({ code }) => code)).toEqual(['SOCR']);
    expect(folders.map(({ path }) => path).filter((path) => path.includes('ADRM'))).toEqual([]);
  });
});

function placed(suffix: string): Submission['receipt'][number] {
  const name = `ADRM bad record.csv.${ticket}${suffix}`;
  return { name, path: `/OUT/ADRM/${name}` };
}
