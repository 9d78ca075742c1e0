import { type Refusal, testRefusals } from './refusals.ts';

const ADRM = 'flows/ADRM.yaml';
const LAST = 'keepAnsweredSeconds: 60';

function expecting(...lines: readonly string[]): string {
  return [LAST, 'expected:', ...lines.map((line) => `  - ${line}`)].join('\n');
}

const CASES: readonly Refusal[] = [
  [
    'a file of somebody who is not there',
    ADRM,
    LAST,
    expecting('{ from: rvb, every: day, by: "18:00" }'),
    `${ADRM}:15:13`,
    'there is no partner "rvb"',
  ],
  [
    'a file of somebody who does not send it',
    ADRM,
    LAST,
    expecting('{ from: rva, every: day, by: "18:00" }'),
    `${ADRM}:15:13`,
    '"rva" does not send ADRM',
  ],
  [
    'a file that is expected twice',
    ADRM,
    LAST,
    expecting('{ from: ksz, every: day, by: "18:00" }', '{ from: ksz, every: day, by: "19:00" }'),
    `${ADRM}:16:13`,
    'a file of "ksz" is expected every day twice',
  ],
  [
    'no time of day',
    ADRM,
    LAST,
    expecting('{ from: ksz, every: day, by: "24:00" }'),
    `${ADRM}:15:34`,
    '"by" is wrong: "24:00" is not a time of day',
  ],
  [
    'a week without a day',
    ADRM,
    LAST,
    expecting('{ from: ksz, every: week, by: "18:00" }'),
    `${ADRM}:15:5`,
    '"weekday" is missing in an item of "expected"',
  ],
  [
    'a day that is not of every month',
    ADRM,
    LAST,
    expecting('{ from: ksz, every: month, day: 31, by: "18:00" }'),
    `${ADRM}:15:37`,
    '"day" is more than 28',
  ],
  [
    'a weekday of a month',
    ADRM,
    LAST,
    expecting('{ from: ksz, every: month, day: 1, weekday: monday, by: "18:00" }'),
    `${ADRM}:15:40`,
    'unknown key "weekday"',
  ],
];

testRefusals(CASES);
