import { expect, test } from 'vitest';
import { type Selection, selectRanges } from '../../src/http/ranges.ts';

const whole: Selection = { kind: 'whole' };
const nothing: Selection = { kind: 'unsatisfiable' };
const parts = (...pairs: [number, number][]): Selection => ({
  kind: 'ranges',
  ranges: pairs.map(([start, end]) => ({ start, end })),
});

/** Of a file of 10 bytes; half open, worked out by hand from RFC 9110 §14.1.2. */
const CASES: readonly (readonly [string | undefined, Selection])[] = [
  [undefined, whole],
  ['bytes=0-0', parts([0, 1])],
  ['bytes=0-9', parts([0, 10])],
  ['bytes=2-5', parts([2, 6])],
  ['bytes=5-', parts([5, 10])],
  ['bytes=-3', parts([7, 10])],
  ['bytes=-30', parts([0, 10])],
  ['bytes=8-99999999999999999999', parts([8, 10])],
  ['BYTES=1-1', parts([1, 2])],
  ['bytes=0-1, 4-5', parts([0, 2], [4, 6])],
  ['bytes=0-1,,9-', parts([0, 2], [9, 10])],
  ['bytes=20-30, 0-0', parts([0, 1])],
  ['bytes=10-', nothing],
  ['bytes=10-20', nothing],
  ['bytes=-0', nothing],
  ['bytes=5-4', whole],
  ['bytes=', whole],
  ['bytes=a-b', whole],
  ['bytes=1', whole],
  ['bytes=--1', whole],
  ['items=0-1', whole],
  ['bytes=0-,0-', whole],
  [`bytes=${Array.from({ length: 33 }, () => '0-0').join(',')}`, whole],
];

for (const [header, expected] of CASES) {
  test(`of ten bytes, ${header?.slice(0, 40)} selects ${expected.kind}`, () => {
    expect(selectRanges(header, 10)).toEqual(expected);
  });
}

test('of an empty file no range can be sent', () => {
  expect(selectRanges('bytes=0-', 0)).toEqual(nothing);
  expect(selectRanges('bytes=-5', 0)).toEqual(nothing);
});
