import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FastLine, PADDING } from '../../../src/directory/bulk/fast-line.ts';
import { OPEN_END, PART_BITS } from '../../../src/directory/pack.ts';
import { parsePersonLine } from '../../../src/directory/person-lines.ts';
import { personKey } from '../../../src/domain/person-key.ts';

const RULES = {
  R: { environment: 'R', anonymousSectors: new Set([11]) },
  T: { environment: 'T', anonymousSectors: new Set([11]) },
} as const;
const FAST = { R: new FastLine(RULES.R), T: new FastLine(RULES.T) };

/** What the fast reader makes of a line; undefined where it leaves it. */
function fast(text: string, environment: 'R' | 'T', end = '\n') {
  const line = Buffer.from(`${text}${end}`);
  const reader = FAST[environment];
  const next = reader.read(Buffer.concat([line, Buffer.alloc(PADDING)]), 0);
  if (next < 0) return undefined;
  expect(next).toBe(line.length);
  const { key, institution, quality, begin, end: last } = reader;
  return { key, institution, quality, begin, last };
}

/** What the slow one does. */
function slow(text: string, environment: 'R' | 'T') {
  const parsed = parsePersonLine(text, RULES[environment]);
  if (!('kind' in parsed) || parsed.kind !== 'dossier') return undefined;
  const { institution, quality, phase, begin, end } = parsed.dossier;
  return {
    key: personKey(parsed.insz),
    institution: (institution.sector << PART_BITS) | institution.type,
    quality: (quality << PART_BITS) | phase,
    begin,
    last: end ?? OPEN_END,
  };
}

const LINES = [
  '74031295170;7;1;101;0;2015-06-01;;',
  '00022993779;012;0;030;999;1900-01-01;2079-06-05;',
  '68451597725;999;999;998;10;2016-02-29;2016-02-29;',
  '91220892329;11;0;001;0;2001-12-31;;',
  '60000094128;7;2;000;00;1999-01-31;2024-02-29;',
];

describe('the fast reader of person lines', () => {
  test.each(LINES)('takes %s', (line) => {
    for (const end of ['\n', '\r\n']) expect(fast(line, 'R', end)).toEqual(slow(line, 'R'));
    expect(slow(line, 'R')).toBeDefined();
  });

  const left = [
    '74031295199;7;1;101;0;2015-06-01;;',
    '74031289925;7;1;101;0;2015-02-29;;',
    '74031295170;11;1;101;0;2015-06-01;;',
    '74031295170;7;1;999;0;2015-06-01;;',
    '74031295170;7;1;101;0;2015-06-02;2015-06-01;',
    '74031295170;7;1;101;0;1899-12-31;;',
    '74031295170;7;1;101;0;2079-06-06;;',
    '74031295170;7;1;101;0;2015-06-01;;85113098277',
    '74131295143;7;1;101;0;2015-06-01;;',
    '74031200051;7;1;101;0;2015-06-01;;',
    '74031295170;;;;;;;',
    '',
  ];
  test.each(left)('leaves "%s" to the slow one', (line) => expect(fast(line, 'R')).toBeUndefined());

  test('T takes synthetic persons only', () => {
    const real = '74031289925;7;1;101;0;2015-06-01;;';
    expect([fast(real, 'R') === undefined, fast(real, 'T')]).toEqual([false, undefined]);
  });

  const change = fc.tuple(fc.nat({ max: 60 }), fc.constantFrom(...'0123456789;-: x\r'), fc.constantFrom(0, 1));
  test('never takes what the slow one refuses, nor with other values', () => {
    let taken = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...LINES),
        fc.array(change, { maxLength: 3 }),
        fc.constantFrom('R', 'T'),
        (line, changes, environment) => {
          let text = line;
          for (const [at, character, replaced] of changes) {
            const place = at % (text.length + 1);
            text = `${text.slice(0, place)}${character}${text.slice(place + replaced)}`;
          }
          const found = fast(text, environment);
          if (found === undefined) return;
          taken += 1;
          // A carriage return at the end belongs to the end of the line.
          expect(found).toEqual(slow(text.endsWith('\r') ? text.slice(0, -1) : text, environment));
        },
      ),
      { numRuns: 20_000 },
    );
    expect(taken).toBeGreaterThan(2000);
  });
});
