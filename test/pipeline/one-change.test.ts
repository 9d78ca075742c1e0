import { expect, test } from 'vitest';
import type { Authorization } from '../../src/domain/flow.ts';
import type { BatchTask } from '../../src/pipeline/batch.ts';
import { ADRM_ACT, ADRM_TASK, BatchBench, date } from './run-batch-fixture.ts';

/**
 * Three records: RJV knows the persons of the first and the third, a child-benefit fund those of the first and the second. One
 * change of what is known, and what differs after it; every file is written out.
 */

const HEAD = 'record_no;ticket;ssin;ssin_replaced_by;mutation_code;effective_date';
const ADDRESS_HEAD = 'street;house_no;box;postal_code;municipality_nis;country_nis';
const TICKET = '7d1c0b8e-0000-4000-8000-00000000000';
const KEYS = [
  `1;${TICKET}1;74031295170;;ADR;2026-01-05`,
  `2;${TICKET}2;85113098277;;ADR;2026-01-05`,
  `3;${TICKET}3;00022993779;;ADR;2026-01-05`,
] as const;
const ADDRESS = 'Kaai;7;;1000;21004;00150';
const file = (...rows: readonly string[]) => [...rows, ''].join('\n');

const SENT = file(
  `${HEAD};${ADDRESS_HEAD};source;quality_code;quality_begin;quality_end`,
  `${KEYS[0]};${ADDRESS};RR;999;2000-01-01;`,
  `${KEYS[1]};${ADDRESS};RR;999;2000-01-01;`,
  `${KEYS[2]};${ADDRESS};RR;999;2000-01-01;`,
);

const LINES = [
  '74031295170;7;1;101;0;2015-06-01;;',
  '74031295170;10;0;010;0;2019-04-01;;',
  '85113098277;7;1;102;0;2012-01-01;2026-12-31;',
  '00022993779;10;0;010;0;2025-10-01;2026-12-31;',
];

const TO_RJV: Authorization = ADRM_ACT;
const TO_KBF: Authorization = {
  ...ADRM_ACT,
  id: 'adrm-kbf',
  receivers: [{ institution: { sector: 7, type: 1 }, qualities: ['101', '102'], blocks: ['address'] }],
};

const RJV = file(
  `${HEAD};${ADDRESS_HEAD};source;quality_code;quality_begin;quality_end`,
  `${KEYS[0]};${ADDRESS};RR;010;2019-04-01;`,
  `${KEYS[2]};${ADDRESS};RR;010;2025-10-01;2026-12-31`,
);
const KBF = file(`${HEAD};${ADDRESS_HEAD}`, `${KEYS[0]};${ADDRESS}`, `${KEYS[1]};${ADDRESS}`);

async function deliveries(lines: readonly string[], ...acts: readonly Authorization[]) {
  const bench = await BatchBench.open(lines);
  const task: BatchTask = { ...ADRM_TASK, authorizations: acts };
  const { outputs, log, result } = await bench.run(task, SENT);
  // Without the head, which tells the version of the directory.
  return { outputs, outcomes: log.slice(1).map(({ outcome }) => outcome), refused: result.totals.refused };
}

const [DELIVERED, UNHEARD] = ['accepted', 'without-receiver'];

test('before any change', async () => {
  expect(await deliveries(LINES, TO_RJV, TO_KBF)).toEqual({
    outputs: { rjv: RJV, kbf: KBF },
    outcomes: [DELIVERED, DELIVERED, DELIVERED],
    refused: 0,
  });
});

test('one dossier: RJV loses the first record, and nobody anything else', async () => {
  const lines = LINES.map((line) => line.replace('10;0;010;0;2019-04-01;;', '10;0;010;0;2019-04-01;2026-01-04;'));
  expect(await deliveries(lines, TO_RJV, TO_KBF)).toEqual({
    outputs: {
      rjv: file(
        `${HEAD};${ADDRESS_HEAD};source;quality_code;quality_begin;quality_end`,
        `${KEYS[2]};${ADDRESS};RR;010;2025-10-01;2026-12-31`,
      ),
      kbf: KBF,
    },
    outcomes: [DELIVERED, DELIVERED, DELIVERED],
    refused: 0,
  });
});

test('the begin of one dossier: the same records, and that date alone', async () => {
  const lines = LINES.map((line) => line.replace('10;0;010;0;2025-10-01', '10;0;010;0;2025-10-02'));
  expect((await deliveries(lines, TO_RJV, TO_KBF)).outputs).toEqual({
    rjv: file(
      `${HEAD};${ADDRESS_HEAD};source;quality_code;quality_begin;quality_end`,
      `${KEYS[0]};${ADDRESS};RR;010;2019-04-01;`,
      `${KEYS[2]};${ADDRESS};RR;010;2025-10-02;2026-12-31`,
    ),
    kbf: KBF,
  });
});

test('one date of an act: the fund gets nothing, RJV what it got', async () => {
  const ended = { ...TO_KBF, until: date('2026-01-19') };
  expect(await deliveries(LINES, TO_RJV, ended)).toEqual({
    outputs: { rjv: RJV },
    outcomes: [DELIVERED, UNHEARD, DELIVERED],
    refused: 0,
  });
  // Its twin is in force on the day of receipt.
  expect((await deliveries(LINES, TO_RJV, { ...TO_KBF, until: date('2026-01-20') })).outputs.kbf).toBe(KBF);
});

test('one block: RJV gets the same records without their addresses, the fund what it got', async () => {
  const receivers = TO_RJV.receivers.map((one) => ({ ...one, blocks: ['key', 'origin', 'quality'] }));
  expect(await deliveries(LINES, { ...TO_RJV, receivers }, TO_KBF)).toEqual({
    outputs: {
      rjv: file(
        `${HEAD};source;quality_code;quality_begin;quality_end`,
        `${KEYS[0]};RR;010;2019-04-01;`,
        `${KEYS[2]};RR;010;2025-10-01;2026-12-31`,
      ),
      kbf: KBF,
    },
    outcomes: [DELIVERED, DELIVERED, DELIVERED],
    refused: 0,
  });
});
