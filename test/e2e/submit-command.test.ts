import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { adrm, goodRow } from '../support/exchange-place.ts';
import { sampleFile } from '../support/expected.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { SftpClient } from '../support/partner-client.ts';

const run = promisify(execFile);
const SLUIS = fileURLToPath(new URL('../../src/sluis.js', import.meta.url));

let gateway: RunningGateway;
let trail: AuditTrail;

beforeAll(async () => {
  gateway = await startGateway({
    change: {
      'gateway.yaml': (text) => text.replace('simulationBytesPerHour: 200000000', 'simulationBytesPerHour: 20000'),
    },
  });
  trail = new AuditTrail(gateway);
});
afterAll(async () => {
  await gateway?.stop();
  if (gateway !== undefined) await removeFolder(gateway);
});

type Ran = { readonly code: number; readonly out: string; readonly err: string };

async function sluis(...words: readonly string[]): Promise<Ran> {
  const places = ['--config', gateway.config, '--data', gateway.data];
  return run(process.execPath, [SLUIS, ...words, ...places]).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    (error) => ({ code: error.code, out: error.stdout, err: error.stderr }),
  );
}

async function local(name: string, text: string): Promise<string> {
  const file = join(gateway.folder, name);
  await writeFile(file, text);
  return file;
}

async function mailbox(account: string, folder: string): Promise<readonly string[]> {
  const client = await SftpClient.open(gateway, account);
  try {
    return await client.list(folder);
  } finally {
    client.close();
  }
}

/** A row of a person whom nobody in the demonstration knows, one with wrong check digits, and a good one. */
const MIXED = adrm(
  goodRow(1),
  goodRow(2).replace('74031295170', '12070496490'),
  goodRow(3).replace('74031295170', '74031295199'),
);

describe('sluis submit --dry-run', () => {
  test('tells each refused record with its value and code, delivers nothing, and stands in the audit log', async () => {
    const { code, out } = await sluis('submit', '--dry-run', await local('ADRM_mixed.csv', MIXED), '--json');
    const report = JSON.parse(out);
    expect(code).toBe(1);
    expect(report).toMatchObject({
      ...{ kind: 'dry-run', file: 'ADRM_mixed.csv', partner: 'ksz', flow: 'ADRM', state: 'partially-accepted' },
      records: { total: 3, accepted: 1, refused: 2, withoutReceiver: 0 },
      refused: [
        { record: 2, faults: [{ field: 'ssin', code: 'MSG00005', value: '12070496490' }] },
        { record: 3, faults: [{ field: 'ssin', code: 'MSG00011', value: '74031295199' }] },
      ],
    });
    expect(await mailbox('batch@rjv', '/OUT/ADRM')).toEqual([]);
    expect(await mailbox('batch@ksz', '/OUT/ADRM')).toEqual([]);
    expect(await mailbox('batch@ksz', '/OUTTEST/ADRM')).toEqual([]);
    const line = await trail.line({ kind: 'dry-run', fields: { ticket: report.ticket } });
    expect(line.fields).toMatchObject({
      partner: 'ksz',
      principal: 'batch@ksz',
      environment: 'S',
      total: 3,
      refused: 2,
    });
  });

  test('checks the same name again, and takes no name from a real simulation', async () => {
    const file = await local('ADRM_again.csv', adrm(goodRow(1)));
    expect((await sluis('submit', '--dry-run', file)).code).toBe(0);
    await writeFile(file, adrm(goodRow(2)));
    expect((await sluis('submit', '--dry-run', file)).out).toContain('would be accepted: 1 records, 1 accepted');
    const real = await sluis('submit', file, '--environment', 'S');
    expect([real.code, real.out]).toEqual([0, expect.stringContaining('accepted: 1 records')]);
  });

  test('says what is wrong with the file as a whole', async () => {
    const file = await local('ADRM_layout.csv', 'one;two\n1;2\n');
    const { code, out } = await sluis('submit', '--dry-run', file);
    expect([code, out]).toEqual([1, expect.stringMatching(/would be rejected: 0 records[^\n]*\n {2}312 {2}/)]);
  });

  test('asks who is meant where the name leaves a choice, and for whom it knows', async () => {
    const file = await local('nothing.bin', 'x');
    expect(await sluis('submit', '--dry-run', file)).toMatchObject({ code: 1, err: expect.stringContaining('--flow') });
    const asked = await sluis('submit', '--dry-run', file, '--flow', 'ADRM', '--as', 'nobody@ksz');
    expect(asked).toMatchObject({ code: 1, err: expect.stringContaining('no account is called nobody@ksz') });
  });

  test('has a rate for each partner, which another partner does not feel', async () => {
    const rows = Array.from({ length: 200 }, (_, index) => goodRow((index % 99) + 1));
    const large = await local('ADRM_large.csv', adrm(...rows));
    expect((await sluis('submit', '--dry-run', large)).code).toBe(0);
    const next = await sluis('submit', '--dry-run', large);
    expect([next.code, next.err]).toEqual([
      1,
      expect.stringMatching(/ksz has simulated much of late; try again in \d+ min/),
    ]);
    expect((await sluis('submit', '--dry-run', sampleFile('4_WLAT_original.jsonl'))).code).toBe(0);
  });
});

describe('sluis submit', () => {
  test('hands a file in as a machine account, and waits for its answer', async () => {
    const file = await local('ADRM_real.csv', adrm(goodRow(1)));
    const { code, out } = await sluis('submit', file, '--json');
    const { path, submission } = JSON.parse(out);
    expect([code, path, submission.state]).toEqual([0, '/IN/ADRM/ADRM_real.csv', 'accepted']);
    expect(await mailbox('batch@rjv', '/OUT/ADRM')).toHaveLength(3);
    const person = await sluis('submit', file, '--as', 'anna@ksz');
    expect(person).toMatchObject({ code: 1, err: expect.stringContaining('a person hands in himself') });
  });
});

describe('sluis explain', () => {
  test('names act, quality, line and what was left out for a record that passed', async () => {
    const handed = JSON.parse((await sluis('submit', await local('ADRM_told.csv', MIXED), '--json')).out);
    const { ticket } = handed.submission;
    const passed = await sluis('explain', ticket, '1');
    expect(passed.code).toBe(0);
    expect(passed.out).toContain(`${ticket}-1 of ksz in ADRM, environment R about 74031295170: accepted`);
    expect(passed.out).toContain(
      'passed      authorization of the sender\n              by adrm-ksz-rjv version 1, deliberation DEMO-20/001',
    );
    expect(passed.out).toContain('to rjv, quality 010, without origin');
    expect(passed.out).toMatch(/line 10\/0 from \d{4}-\d\d-\d\d/);
  });

  test('names the check that refused, and those that were not reached', async () => {
    const handed = JSON.parse((await sluis('submit', await local('ADRM_why.csv', MIXED), '--json')).out);
    const { ticket } = handed.submission;
    const unknown = JSON.parse((await sluis('explain', ticket, '2', '--json')).out);
    const outcomes = Object.fromEntries(
      unknown.checks.map((one: { check: string; outcome: string }) => [one.check, one.outcome]),
    );
    expect(outcomes).toMatchObject({
      ...{ identifiers: 'passed', 'authorization of the sender': 'passed', 'line of the sender': 'not-asked' },
      ...{ 'person known to the directory': 'failed', 'receivers: authorization and line': 'not-reached' },
    });
    const wrong = await sluis('explain', ticket, '3');
    expect([wrong.code, wrong.out]).toEqual([1, expect.stringMatching(/failed {6}identifiers\n {14}MSG00011/)]);
    expect(wrong.out).toContain('not-reached authorization of the sender');
    expect(await sluis('explain', ticket, '4')).toMatchObject({
      code: 1,
      err: expect.stringContaining('has no record 4'),
    });
    expect((await sluis('explain', ticket, 'x')).code).toBe(1);
  });
});
