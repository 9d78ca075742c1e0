import { expect, test } from 'vitest';
import { isOneElement } from '../../src/pki/ber.ts';

const CASES: readonly (readonly [hex: string, isOne: boolean, what: string])[] = [
  ['3003020101', true, 'a sequence of one number'],
  ['3080020101' + '0000', true, 'the same of indefinite length'],
  ['30800000', true, 'nothing, of indefinite length'],
  ['30820003020101', true, 'a length of more bytes than it needs, which BER allows'],
  ['300302010100', false, 'a byte behind it'],
  ['3004020101', false, 'a whole that is longer than what is there'],
  ['3002020101', false, 'a whole that is shorter than its part'],
  ['3004020101' + '02', false, 'a part without length'],
  ['3080020101', false, 'no end'],
  ['308002010100', false, 'half an end'],
  ['0280' + '0000', false, 'a number of indefinite length'],
  ['3f0100', false, 'a tag of two bytes'],
  ['30857f00000000', false, 'a length of five bytes'],
  ['', false, 'nothing'],
];

test.each(CASES)('%s: %s, %s', (hex, isOne) => {
  expect(isOneElement(Buffer.from(hex, 'hex'))).toBe(isOne);
});

test('what is nested too deep is refused, and does not end the process', () => {
  const nested = (depth: number) => Buffer.from('3080'.repeat(depth) + '0000'.repeat(depth), 'hex');
  expect([isOneElement(nested(60)), isOneElement(nested(100_000))]).toEqual([true, false]);
});
