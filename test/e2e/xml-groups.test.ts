import { expect, test } from 'vitest';
import { answeredWhole, ExchangePlace, handIn, KSZ_R } from '../support/exchange-place.ts';
import { hasTool } from '../support/tools.ts';

/** Address mutations as XML: a household moves, and each of its persons is a record. */
const FORMAT = `format: { kind: xml, root: Moves, record: Move, repeats: Person }

layouts:
  - version: "1"
    validFrom: 2020-01-01
    fields:
      - { name: Day, type: date }
      - { name: Street, type: text, maxLength: 20 }
      - { name: Person.No, type: integer, maxDigits: 7 }
      - { name: Person.Ssin, type: insz }
    roles: { number: Person.No, person: Person.Ssin, periodBegin: Day }

blocks:
  key: [Person.No, Person.Ssin, Day]
  address: [Street]
`;

test.skipIf(!hasTool('openssl'))(
  'each person of a form is a record of its own, answered and delivered as one',
  async () => {
    await using place = await ExchangePlace.open({
      'flows/ADRM.yaml': (text) => text.slice(0, text.indexOf('format:')) + FORMAT,
      'authorizations/adrm-ksz-rjv.yaml': (text) => text.replace('[key, address, quality]', '[key, address]'),
    });
    const person = (no: number, ssin: string) => `<Person><No>${no}</No><Ssin>${ssin}</Ssin></Person>`;
    const move = (street: string, ...persons: string[]) =>
      `<Move><Day>2026-01-05</Day><Street>${street}</Street>${persons.join('')}</Move>`;
    const household = move('Proefstraat', person(1, '74031295170'), person(2, '74031295171'), person(3, '74031295170'));
    const alone = move('Voorbeeldlaan', person(4, '74031295170'));
    await handIn(place, KSZ_R, { 'ADRM moves.csv': `<Moves>\n${household}\n${alone}\n</Moves>\n` });
    const { receipt, notification } = await answeredWhole(place, KSZ_R, 'ADRM moves.csv');
    expect(notification.records).toEqual({ total: 4, accepted: 3, refused: 1, withoutReceiver: 0 });
    expect(notification.refused.map(({ record, faults }) => [record, faults.map(({ field }) => field)])).toEqual([
      [2, ['Person.Ssin']],
    ]);
    const delivered = await (await place.mailbox('batch@rjv', KSZ_R.mailbox)).delivery(receipt.ticket);
    const one = (street: string, no: number) => `${move(street, person(no, '74031295170'))}\n`;
    const forms = one('Proefstraat', 1) + one('Proefstraat', 3) + one('Voorbeeldlaan', 4);
    expect(delivered.text).toBe(`<?xml version="1.0" encoding="UTF-8"?>\n<Moves>\n${forms}</Moves>\n`);
  },
);
