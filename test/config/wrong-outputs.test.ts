import { describe, expect, test } from 'vitest';
import { generationOf, networkOfFormats } from '../support/network-of-formats.ts';
import { after, messagesAfter, placeOf, testCases } from './format-cases.ts';

const BBON = 'flows/BBON.yaml';
const ADRM = 'flows/ADRM.yaml';
const NIC = 'partners/nic.yaml';
const RJV = 'partners/rjv.yaml';

const RECEIVES = 'receives: [BBON]\n';
const CSV = `outputs:
  BBON:
    format: { kind: delimited, separator: ",", header: true, charset: windows-1252 }
`;
const FIXED = `outputs:
  BBON:
    format:
      kind: fixed-width
      charset: cp500
      recordLength: 90
      lineEnd: none
      columns: { seq: 1-7, ssin: 8-18, employer: 19-28, year: 29-32, begin: 33-42, end: 43-50, amount: 51-61, days: 62-64, quality: 65-67, sender_ref: 68-87, action: 88 }
`;

describe('the format a receiver wants', () => {
  const withOutput = (output: string) => [[NIC, RECEIVES, RECEIVES + output] as const];

  test.each([
    ['delimited', CSV, { kind: 'delimited', separator: ',', header: true, charset: 'windows-1252' }],
    ['fixed width', FIXED, { kind: 'fixed-width', charset: 'cp500', columns: { action: { first: 88, last: 88 } } }],
    ['XML', 'outputs:\n  BBON:\n    format: { kind: xml, root: A, record: B }\n', { kind: 'xml', charset: 'utf-8' }],
    ['JSON lines', 'outputs:\n  BBON:\n    format: { kind: json-lines }\n', { kind: 'json-lines' }],
  ])('%s', async (_title, output, expected) => {
    await using copy = await networkOfFormats();
    await copy.edit(NIC, RECEIVES, RECEIVES + output);
    const { partners } = await generationOf(copy);
    expect(partners.find((one) => one.id === 'nic')?.outputs).toMatchObject({ BBON: expected });
    expect(partners.find((one) => one.id === 'rsz')?.outputs).toEqual({});
  });

  test('packing, with a format or without one', async () => {
    await using copy = await networkOfFormats();
    await copy.edit(NIC, RECEIVES, `${RECEIVES}outputs: { BBON: { packaging: zip } }\n`);
    const nic = (await generationOf(copy)).partners.find((one) => one.id === 'nic');
    expect([nic?.outputs, nic?.packaging]).toEqual([{}, { BBON: 'zip' }]);
    const [wrong] = await messagesAfter([[NIC, RECEIVES, `${RECEIVES}outputs: { BBON: { packaging: rar } }\n`]]);
    expect(wrong).toBe('"packaging" is "rar", which is not allowed here');
  });

  testCases(
    [
      ['a flow it does not receive', NIC, '\n  BBON:', '\n  DIMN:', '¦DIMN:', 'nic does not receive the flow "DIMN"'],
      [
        'a field without columns',
        NIC,
        ', action: 88',
        '',
        '¦columns: { seq',
        '"action" of flow BBON would get no columns',
      ],
      [
        'a field there is not',
        NIC,
        'action: 88',
        'action: 88, actoin: 89',
        '¦actoin: 89',
        'flow BBON has no field "actoin"',
      ],
      [
        'too few columns',
        NIC,
        'amount: 51-61',
        'amount: 51-60',
        'amount: ¦51-60',
        'the field "amount" has up to 11 characters and 10 columns',
      ],
      ['a day in nine columns', NIC, 'end: 43-50', 'end: 43-49', 'end: ¦43-49', 'the day "end" takes 8 columns, or 10'],
      [
        'columns twice',
        NIC,
        'year: 29-32',
        'year: 28-32',
        'year: ¦28-32',
        'the field "year" and the field "employer" stand in the same columns',
      ],
      [
        'columns behind the record',
        NIC,
        'recordLength: 90',
        'recordLength: 87',
        'action: ¦88',
        'the field "action" ends in column 88, behind the record of 87',
      ],
    ],
    withOutput(FIXED),
  );

  test('a charset that lacks characters of the flow is refused, unless the flow holds its texts to it', async () => {
    const output = (charset: string) =>
      [
        RJV,
        'receives: [ADRM]\n',
        `receives: [ADRM]\noutputs:\n  ADRM:\n    format: { kind: delimited, separator: ";", header: true, charset: ${charset} }\n`,
      ] as const;
    expect(await messagesAfter([output('iso-8859-1')])).toEqual([
      `iso-8859-1 does not have every character of "street", "house_no", "box", "postal_code", which come in utf-8`,
    ]);
    expect(await messagesAfter([output('utf-8')])).toEqual([]);
    const held = ['street, type: text', 'house_no, type: text', 'box, type: text', 'postal_code, type: text'].map(
      (from) => [ADRM, from, `${from}, characters: iso-8859-1`] as const,
    );
    expect(await messagesAfter([...held, output('iso-8859-1')])).toEqual([]);
    expect(await messagesAfter([...held, output('windows-1252')])).toEqual([]);
    expect((await messagesAfter([...held, output('iso-8859-15')])).length).toBe(1); // it lacks ¤ and seven more
  });

  test('texts that may hold line ends do not go into records of fixed width', async () => {
    const messages = await messagesAfter([
      ...withOutput(FIXED),
      [BBON, 'maxLength: 20, characters: iso-8859-1', 'maxLength: 20'],
    ]);
    expect(messages).toEqual(['"sender_ref" may hold line ends, which records of fixed width cannot']);
  });

  test('a wrong format is told at its place', async () => {
    const wrong = withOutput(CSV.replace('separator: ","', 'separator: ":"'));
    const { problems, text } = await after(wrong, NIC);
    expect(problems.map((one) => `${one.line}:${one.column} ${one.message}`)).toEqual([
      `${placeOf('separator: ¦":"', text)} "separator" is wrong: ":" is not a separator`,
    ]);
  });
});
