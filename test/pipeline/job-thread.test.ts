import { afterEach, describe, expect, test } from 'vitest';
import { JobThread } from '../../src/pipeline/job-thread.ts';

const FILE = new URL('./job-thread-worker.ts', import.meta.url);

let thread: JobThread<string, string> | undefined;
afterEach(() => thread?.close());

function started(deadlineMs = 60_000): JobThread<string, string> {
  thread = new JobThread({ file: FILE, workerData: undefined, deadlineMs });
  return thread;
}

describe('a thread that does jobs', () => {
  test('answers each with its own result or error, several at once', async () => {
    const jobs = started();
    const [first, refused, second] = await Promise.allSettled(['a', 'refuse', 'b'].map((job) => jobs.ask(job)));
    expect([first, second]).toEqual(['a', 'b'].map((job) => ({ status: 'fulfilled', value: `done: ${job}` })));
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'content-missing' } });
  });

  test.each(['die', 'crash'])(
    'that is made to %s rejects what it had, and the next job starts another',
    async (job) => {
      const jobs = started();
      const had = await Promise.allSettled([jobs.ask('silent'), jobs.ask(job)]);
      expect(had).toMatchObject(Array(2).fill({ status: 'rejected', reason: { code: 'broken' } }));
      expect(await jobs.ask('again')).toBe('done: again');
    },
  );

  test('that is silent too long is given up', async () => {
    const jobs = started(50);
    await expect(jobs.ask('silent')).rejects.toMatchObject({ code: 'broken' });
  });

  test('that is closed does no more', async () => {
    const jobs = started();
    const running = jobs.ask('silent');
    await Promise.all([expect(running).rejects.toMatchObject({ code: 'unavailable' }), jobs.close()]);
    await expect(jobs.ask('a')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
