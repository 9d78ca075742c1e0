import { parentPort } from 'node:worker_threads';
import { FlatDirectory } from '../directory/flat-directory.ts';
import { failureOf } from './batch-messages.ts';
import { LaneDesk } from './lane-desk.ts';
import { type ChunkResult, type FromLane, GIVEN_UP, type LaneSetup, type ToLane } from './lane-messages.ts';

/** The thread that decides chunks of a large batch, beside others of its kind. */

/** Nobody parses a chunk for longer; who waits this long for one waits for a thread that ended. */
const LONGEST_WAIT_MS = 60_000;

type Work = { readonly setup: LaneSetup; readonly desk: LaneDesk };

function start(port: NonNullable<typeof parentPort>): void {
  let work: Work | undefined;
  const say = (message: FromLane, transfer: readonly ArrayBuffer[] = []) => port.postMessage(message, transfer);
  port.on('message', (message: ToLane) => {
    try {
      if (message.kind === 'begin') work = begun(message.setup);
      else if (message.kind === 'end') work = undefined;
      else if (work !== undefined) {
        const result = decided(work, message);
        say({ kind: 'chunk', index: message.index, result }, result === undefined ? [] : buffersOf(result));
      }
    } catch (error) {
      say({ kind: 'failed', failure: failureOf(error) });
    }
  });
}

function begun(setup: LaneSetup): Work {
  return { setup, desk: new LaneDesk(setup, new FlatDirectory(setup.directory)) };
}

function decided({ setup, desk }: Work, chunk: ToLane & { readonly kind: 'chunk' }): ChunkResult | undefined {
  const { before } = setup;
  if (Atomics.load(before, chunk.index) === GIVEN_UP) return undefined;
  let isGivenUp = false;
  const result = desk.decide(chunk, (count) => {
    const known = recordsBefore(before, chunk.index);
    isGivenUp = known === GIVEN_UP;
    if (isGivenUp) return 0;
    Atomics.compareExchange(before, chunk.index + 1, 0, known + count);
    Atomics.notify(before, chunk.index + 1);
    return known - 1;
  });
  return isGivenUp ? undefined : result;
}

/** One more than the records that stand before the chunk, or GIVEN_UP; waits until the chunk before it was read. */
function recordsBefore(before: Int32Array, index: number): number {
  if (Atomics.wait(before, index, 0, LONGEST_WAIT_MS) === 'timed-out') {
    throw new TypeError('the chunk before this one was never read');
  }
  return Atomics.load(before, index);
}

function buffersOf({ bytes, chunk }: ChunkResult): readonly ArrayBuffer[] {
  return [bytes.buffer, chunk].filter((buffer) => buffer instanceof ArrayBuffer);
}

if (parentPort !== null) start(parentPort);
