import { describe, expect, it } from 'vitest';
import { LentPieces } from '../../src/sftp/lent-pieces.ts';

const BYTES = 8;

/** Reads the next bytes of a file whose bytes count up. */
function readOn(pieces: LentPieces): Buffer {
  const memory = pieces.room(BYTES);
  for (let index = 0; index < BYTES; index += 1) memory[index] = pieces.end + index;
  pieces.add(memory.subarray(0, BYTES));
  return memory;
}

function numbers(bytes: readonly Buffer[]): number[] {
  return bytes.flatMap((piece) => [...piece]);
}

describe('pieces of a file that are lent', () => {
  it('are read across their borders', () => {
    const pieces = new LentPieces();
    for (let count = 0; count < 3; count += 1) readOn(pieces);
    expect(numbers(pieces.lend(6, 18).bytes)).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]);
  });

  it('are read into again once they are forgotten and all that was lent of them is done with', () => {
    const pieces = new LentPieces();
    const first = readOn(pieces);
    const second = readOn(pieces);
    const [one, two] = [pieces.lend(0, 4), pieces.lend(4, 12)];
    pieces.forget(12);
    one.done();
    expect(pieces.room(BYTES).buffer).not.toBe(first.buffer); // the other still has four bytes of it
    two.done();
    expect(pieces.room(BYTES).buffer).toBe(first.buffer);
    const three = pieces.lend(12, 16);
    expect(numbers(three.bytes)).toEqual([12, 13, 14, 15]);
    three.done();
    pieces.forget(16);
    expect(pieces.room(BYTES).buffer).toBe(second.buffer);
  });

  it('stay as they were lent, whatever is read meanwhile', () => {
    const pieces = new LentPieces();
    readOn(pieces);
    const lent = pieces.lend(0, 8);
    for (let count = 0; count < 20; count += 1) {
      pieces.forget(pieces.end);
      readOn(pieces);
    }
    expect(numbers(lent.bytes)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('begin elsewhere after a jump', () => {
    const pieces = new LentPieces();
    readOn(pieces);
    pieces.beginAt(100);
    readOn(pieces);
    expect([pieces.start, pieces.end, ...numbers(pieces.lend(102, 105).bytes)]).toEqual([100, 108, 102, 103, 104]);
  });

  it('are not read into again where they are smaller than what is read', () => {
    const pieces = new LentPieces();
    const small = readOn(pieces);
    pieces.forget(BYTES);
    const larger = pieces.room(2 * BYTES);
    expect([larger.length, larger.buffer === small.buffer]).toEqual([16, false]);
  });
});
