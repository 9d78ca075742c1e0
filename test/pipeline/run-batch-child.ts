import { join } from 'node:path';
import { GatewayError } from '../../src/domain/errors.ts';
import { BatchPool } from '../../src/pipeline/batch-pool.ts';

/** Runs one task three times and tells what came of each; arguments: the folder of the bench, the task as JSON. */
const [folder = '', taskText = ''] = process.argv.slice(2);
const task = JSON.parse(taskText);
const pool = new BatchPool({
  contentDirectory: join(folder, 'content'),
  referenceDirectory: join(folder, 'directory'),
});

async function run(): Promise<string | number> {
  try {
    return (await pool.run(task, async () => new Map())).totals.accepted;
  } catch (error) {
    return error instanceof GatewayError ? error.code : String(error);
  }
}

const outcome = { first: await run(), second: await run(), third: await run() };
await pool.close();
process.stdout.write(JSON.stringify(outcome));
