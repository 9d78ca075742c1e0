import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BatchPool } from '../../src/pipeline/batch-pool.ts';
import { originalKey } from '../../src/pipeline/originals.ts';
import { runBatch } from '../../src/pipeline/run-batch.ts';
import { ADRM_TASK, BatchBench, NO_ORIGINALS, WLAT_TASK } from './run-batch-fixture.ts';

const ADRM_SAMPLE = readFileSync('test/fixtures/samples/1_ADRM_address_mutation.csv');
const WLAT_SAMPLE = readFileSync('test/fixtures/samples/4_WLAT_unemployment_attest.jsonl');

async function poolOn(bench: BatchBench, size = 1): Promise<BatchPool> {
  const contentDirectory = join(bench.folder, 'content');
  const pool = new BatchPool({ contentDirectory, referenceDirectory: join(bench.folder, 'directory'), size });
  onTestFinished(() => pool.close());
  return pool;
}

describe('a batch in a worker thread', () => {
  test('gives what it gives in this thread', async () => {
    const bench = await BatchBench.open();
    const pool = await poolOn(bench);
    const task = { ...ADRM_TASK, contents: [await bench.content(ADRM_SAMPLE)] };
    const { store, directory } = bench;
    const here = await bench.outcome(await runBatch(task, { store, directory, originals: NO_ORIGINALS }));
    const there = await bench.outcome(await pool.run(task, NO_ORIGINALS));
    expect([there.outputs, there.logText, there.result.totals]).toEqual([
      here.outputs,
      here.logText,
      here.result.totals,
    ]);
  });

  test('asks this thread for originals', async () => {
    const bench = await BatchBench.open();
    const pool = await poolOn(bench);
    const task = { ...WLAT_TASK, contents: [await bench.content(WLAT_SAMPLE)] };
    const key = originalKey('RVA-000744', '85113098277');
    const result = await pool.run(
      task,
      async (references) => new Map(references.map((one) => [one, one === key ? ['kbf'] : []])),
    );
    expect([result.totals.accepted, result.outputs[0]?.records]).toEqual([2, 2]);
  });

  test('fails with the error of the lookup, and the pool goes on', async () => {
    const bench = await BatchBench.open();
    const pool = await poolOn(bench);
    const task = { ...WLAT_TASK, contents: [await bench.content(WLAT_SAMPLE)] };
    const failing = pool.run(task, async () => {
      throw Object.assign(new Error('no ledger'), { code: 'EIO', syscall: 'fsync' });
    });
    await expect(failing).rejects.toMatchObject({ message: 'no ledger', code: 'EIO', syscall: 'fsync' });
    expect((await pool.run(task, NO_ORIGINALS)).totals.total).toBe(2);
  });

  test('keeps the code of a refusal', async () => {
    const bench = await BatchBench.open();
    const pool = await poolOn(bench);
    const content = { ...(await bench.content(ADRM_SAMPLE)), contentId: '0'.repeat(32) };
    await expect(pool.run({ ...ADRM_TASK, contents: [content] }, NO_ORIGINALS)).rejects.toMatchObject({
      name: 'GatewayError',
      code: 'content-missing',
    });
  });

  test('sees what was loaded into the directory since the last one', async () => {
    const bench = await BatchBench.open();
    const pool = await poolOn(bench);
    const task = { ...ADRM_TASK, contents: [await bench.content(ADRM_SAMPLE)] };
    expect((await pool.run(task, NO_ORIGINALS)).directoryVersion).toBe('1');
    await bench.load(['74031295170;;;;;;;']);
    const after = await pool.run(task, NO_ORIGINALS);
    expect([after.directoryVersion, after.totals.withoutReceiver]).toEqual(['2', 1]);
  });

  test.each([1, 2])('many batches on %i workers each get their own result', async (size) => {
    const bench = await BatchBench.open();
    const pool = await poolOn(bench, size);
    const address = { ...ADRM_TASK, contents: [await bench.content(ADRM_SAMPLE)] };
    const attest = { ...WLAT_TASK, contents: [await bench.content(WLAT_SAMPLE)] };
    const tasks = [address, attest, address, attest, address, attest];
    const results = await Promise.all(tasks.map((task) => pool.run(task, NO_ORIGINALS)));
    expect(results.map((result) => result.outputs.map((output) => [output.receiver, output.records]))).toEqual(
      tasks.map((task) => (task.flow.code === 'ADRM' ? [['rjv', 2]] : [['kbf', 1]])),
    );
  });

  test('a closed pool refuses, and what waited is rejected', async () => {
    const bench = await BatchBench.open();
    const pool = await poolOn(bench);
    const task = { ...ADRM_TASK, contents: [await bench.content(ADRM_SAMPLE)] };
    const outcomes = Promise.allSettled([pool.run(task, NO_ORIGINALS), pool.run(task, NO_ORIGINALS)]);
    await pool.close();
    const unavailable = { status: 'rejected', reason: { code: 'unavailable' } };
    expect(await outcomes).toMatchObject([unavailable, unavailable]);
    await expect(pool.run(task, NO_ORIGINALS)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('a worker that dies rejects its batch, and the next batch gets a new worker', async () => {
    const bench = await BatchBench.open();
    const task = { ...ADRM_TASK, contents: [await bench.content(ADRM_SAMPLE)] };
    const here = import.meta.dirname;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        '--import',
        join(here, 'run-batch-crash.ts'),
        join(here, 'run-batch-child.ts'),
        bench.folder,
        JSON.stringify(task),
      ],
      { timeout: 30_000 },
    );
    expect(JSON.parse(stdout)).toEqual({ first: 'broken', second: 2, third: 2 });
  });
});
