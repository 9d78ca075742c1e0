import { parentPort } from 'node:worker_threads';
import { GatewayError } from '../../src/domain/errors.ts';
import { answerJobs } from '../../src/pipeline/job-thread.ts';

/** A thread whose jobs say what becomes of it. */
async function answer(job: string): Promise<string> {
  switch (job) {
    case 'die':
      return process.exit(1);
    case 'crash':
      setImmediate(() => {
        throw new Error('crashed');
      });
      return new Promise(() => undefined);
    case 'silent':
      return new Promise(() => undefined);
    case 'refuse':
      throw new GatewayError('content-missing', 'there is no such content');
    default:
      return `done: ${job}`;
  }
}

if (parentPort !== null) answerJobs(parentPort, answer);
