import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PartnerId } from '../../src/domain/principal.ts';
import type { BatchTask } from '../../src/pipeline/batch.ts';
import { generationOf, networkOfFormats } from '../support/network-of-formats.ts';
import { ADRM_TASK, BatchBench, PERSON_LINES } from './run-batch-fixture.ts';

/** Notices of employment that a social secretariat hands in on 20 January 2026 for the employer of the sample. */

const SAMPLE = readFileSync('test/fixtures/samples/3_DIMN_employment_notice.xml', 'utf8');
const SECRETARIAT = '0999900051';
const EMPLOYER = '0912345673';
let task: BatchTask;

beforeAll(async () => {
  await using copy = await networkOfFormats();
  const { flows, authorizations, partners, sectors } = await generationOf(copy);
  const flow = flows.find(({ code }) => code === 'DIMN');
  if (flow === undefined) throw new Error('there is no flow DIMN');
  task = {
    ...ADRM_TASK,
    flow,
    sectors,
    sender: { partner: 'sec' as PartnerId, institution: { sector: 12, type: 1 }, kbo: SECRETARIAT },
    authorizations,
    receivers: partners
      .filter(({ receives }) => receives.includes('DIMN'))
      .map(({ id, institution }) => ({ partner: id, institution })),
  };
});

const REFUSED = [
  { record: 1, faults: [{ field: 'DimonaIn.EmployerId.CompanyID', code: '300010', severity: 'fatal' }] },
];

describe('a notice is', () => {
  test.each([
    ['taken in the mandate', [`${SECRETARIAT};${EMPLOYER};DIMN;2020-01-01;`], true],
    ['taken on its last day', [`${SECRETARIAT};${EMPLOYER};DIMN;2020-01-01;2026-01-20`], true],
    ['refused on the day after', [`${SECRETARIAT};${EMPLOYER};DIMN;2020-01-01;2026-01-19`], false],
    ['refused before its first day', [`${SECRETARIAT};${EMPLOYER};DIMN;2026-01-21;`], false],
    ['refused where it is for other flows', [`${SECRETARIAT};${EMPLOYER};DMFA;2020-01-01;`], false],
    ['refused where somebody else has it', [`1999001239;${EMPLOYER};DIMN;2020-01-01;`], false],
    ['refused where it is of another employer', [`${SECRETARIAT};0977788902;DIMN;2020-01-01;`], false],
    ['refused where there is none at all', [], false],
  ])('%s', async (_title, mandates, isTaken) => {
    const bench = await BatchBench.open(PERSON_LINES);
    if (mandates.length > 0) await bench.mandate(...mandates);
    const { refusals, outputs } = await bench.run(task, SAMPLE);
    expect(refusals).toEqual(isTaken ? [] : REFUSED);
    expect(Object.keys(outputs)).toEqual(isTaken ? ['rsz'] : []);
  });

  test('taken from the employer itself, without any mandate', async () => {
    const bench = await BatchBench.open(PERSON_LINES);
    const { refusals, outputs } = await bench.run({ ...task, sender: { ...task.sender, kbo: EMPLOYER } }, SAMPLE);
    expect([refusals, Object.keys(outputs)]).toEqual([[], ['rsz']]);
  });

  test('refused for the mandate before anything is said of the person', async () => {
    const bench = await BatchBench.open(['12070496422;;;;;;;']);
    expect((await bench.run(task, SAMPLE)).refusals).toEqual(REFUSED);
    await bench.mandate(`${SECRETARIAT};${EMPLOYER};DIMN;2020-01-01;`);
    expect((await bench.run(task, SAMPLE)).refusals).toMatchObject([{ faults: [{ code: 'MSG00005' }] }]);
  });

  test('decided by one version of the mandates, which its log names', async () => {
    const bench = await BatchBench.open(PERSON_LINES);
    await bench.mandate(`${SECRETARIAT};${EMPLOYER};DMFA;2020-01-01;`);
    await bench.mandate(`${SECRETARIAT};${EMPLOYER};DIMN;2020-01-01;`);
    const { log } = await bench.run(task, SAMPLE);
    expect(log[0]).toMatchObject({ mandatesVersion: '2' });
  });
});
