import { describe, expect, it } from 'vitest';
import { ReceivedBuffers } from '../../src/sftp/received-buffers.ts';

const BYTES = 4096;

/** A buffer with memory of its own, as a decipher gives. */
function opened(): Buffer {
  return Buffer.allocUnsafeSlow(BYTES);
}

function received(...buffers: readonly Buffer[]): ReceivedBuffers {
  const all = new ReceivedBuffers();
  for (const buffer of buffers) all.came(buffer, true);
  return all;
}

describe('the memory of bytes that came', () => {
  it('goes back when all of a buffer is dealt with, and not before', () => {
    const [first, second] = [opened(), opened()];
    const all = received(first, second);
    all.dealtWith(BYTES - 1, true);
    expect([first.length, second.length]).toEqual([4096, 4096]);
    all.dealtWith(2, true);
    expect([first.length, second.length]).toEqual([0, 4096]);
    all.dealtWith(BYTES - 1, true);
    expect(second.length).toBe(0);
  });

  it('stays where a part of the buffer may still be held, whatever comes after', () => {
    const [first, second, third] = [opened(), opened(), opened()];
    const all = received(first, second, third);
    all.dealtWith(10, true);
    all.dealtWith(BYTES, false); // the rest of the first, and ten bytes of the second
    all.dealtWith(2 * BYTES - 10, true);
    expect([first.length, second.length, third.length]).toEqual([4096, 4096, 0]);
  });

  it('stays where it is not that of the buffer alone', () => {
    const [whole, foreign] = [Buffer.allocUnsafeSlow(2 * BYTES), opened()];
    const part = whole.subarray(0, BYTES);
    const all = received(part);
    all.came(foreign, false);
    all.dealtWith(2 * BYTES, true);
    expect([part.length, foreign.length]).toEqual([4096, 4096]);
  });
});
