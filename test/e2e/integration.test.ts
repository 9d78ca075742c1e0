import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDirectory } from '../../src/directory/lmdb-directory.ts';
import { type Insz, isInsz } from '../../src/domain/insz.ts';
import { WITH_INTEGRATION } from '../support/exchange-kinds.ts';
import { type Channel, ExchangePlace, handIn } from '../support/exchange-place.ts';

const RVA: Channel = { account: 'batch@rva', intake: '/IN', mailbox: '/OUT' };
const HEADER = 'record_no;action;ssin;sector;type;quality;phase;begin;end;card_no;last_name;first_name;birth_date\n';
const WITHOUT_LINE = '00022993779';
const OTHER = '60000094128';
const ROW = `1;REGISTER;${WITHOUT_LINE};18;0;001;0;2026-01-01;;592-1234567-89;;;\n`;

let place: ExchangePlace;

beforeAll(async () => {
  place = await ExchangePlace.open(WITH_INTEGRATION);
});
afterAll(() => place.close());

async function sent(name: string, text: string) {
  const mailbox = await handIn(place, RVA, { [name]: text });
  const receipt = await mailbox.receipt(name);
  if (receipt.resultCode !== 1) throw new Error(JSON.stringify(receipt.errors));
  const { ticket } = receipt;
  const { records, refused, directoryVersion } = await mailbox.notification(name, ticket);
  return { ticket, records, directoryVersion, codes: refused.map(({ faults }) => faults.map(({ code }) => code)) };
}

/** Lines of RVA about a person, read beside the running gateway. */
async function linesOf(person: Insz) {
  const directory = openDirectory({ directory: join(place.gateway.data, 'directory'), readOnly: true });
  const snapshot = directory.snapshot('R');
  try {
    const lines = snapshot.lookup(person)?.dossiers.filter(({ institution }) => institution.sector === 18) ?? [];
    return { version: Number(snapshot.version), lines: lines.map(({ quality, period }) => ({ quality, ...period })) };
  } finally {
    snapshot.close();
    await directory.close();
  }
}

describe('an integration, through the whole gateway', () => {
  test('makes lines as one version, which the next file sees, and nobody gets a delivery', async () => {
    if (!isInsz(WITHOUT_LINE)) throw new Error('no INSZ');
    const before = await linesOf(WITHOUT_LINE);
    const first = await sent('INTG_1.csv', `${HEADER}${ROW}2;REGISTER;${OTHER};18;0;001;0;2026-01-01;;1;;;\n`);
    expect(first.records).toEqual({ total: 2, accepted: 2, refused: 0, withoutReceiver: 0 });
    const line = await place.audit.line({ kind: 'directory-change', fields: { ticket: first.ticket } });
    expect(line).toMatchObject({ outcome: 'done', fields: { registered: 2, ended: 0, refused: 0 } });
    const after = await linesOf(WITHOUT_LINE);
    expect(after).toEqual({
      version: before.version + 1,
      lines: [...before.lines, { quality: '001', begin: '2026-01-01' }],
    });
    const again = await sent('INTG_2.csv', `${HEADER}${ROW}`);
    expect([again.codes, again.directoryVersion]).toEqual([[['300040']], String(before.version + 1)]);
    const ended = await sent(
      'INTG_3.csv',
      `${HEADER}${ROW.replace('REGISTER', 'UNREGISTER').replace(';;592', ';2026-01-31;592')}`,
    );
    expect(ended.codes).toEqual([]);
    await place.audit.line({ kind: 'directory-change', fields: { ticket: ended.ticket, ended: 1 } });
    expect((await linesOf(WITHOUT_LINE)).lines.at(-1)).toEqual({
      ...{ quality: '001', begin: '2026-01-01', end: '2026-01-31' },
    });
    expect(await place.audit.all({ kind: 'delivery' })).toEqual([]);
  });

  test('sent again under its name gets its receipt again, and changes nothing', async () => {
    const name = 'INTG_4.csv';
    const text = `${HEADER}${ROW.replace('2026-01-01', '2026-03-01')}`;
    const first = await sent(name, text);
    await place.audit.line({ kind: 'directory-change', fields: { ticket: first.ticket } });
    const client = await place.client('batch@rva');
    await client.put(`/IN/${name}`, text);
    await place.audit.line({ kind: 'submission-again', fields: { ticket: first.ticket } });
    const changes = await place.audit.all({ kind: 'directory-change', fields: { ticket: first.ticket } });
    expect(changes).toHaveLength(1);
  });

  test('in simulation is answered alike, and changes nothing', async () => {
    const name = 'INTG_5.csv';
    const text = `${HEADER}${ROW.replace(WITHOUT_LINE, '85113098277')}${ROW.replace(WITHOUT_LINE, '85113098277')}`;
    const client = await place.client('batch@rva');
    await client.put(`/INTEST-S/${name}`, text);
    const mailbox = await place.mailbox('batch@rva', '/OUTTEST');
    const { ticket } = await mailbox.receipt(name);
    const { records } = await mailbox.notification(name, ticket);
    expect(records).toEqual({ total: 2, accepted: 1, refused: 1, withoutReceiver: 0 });
    expect(await place.audit.all({ kind: 'directory-change', fields: { ticket } })).toEqual([]);
  });
});
