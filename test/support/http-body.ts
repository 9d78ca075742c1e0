import type { HttpBody } from '../../src/domain/http.ts';

/** A request body of these bytes, in one piece. */
export function bodyOf(bytes: Uint8Array): HttpBody {
  return {
    present: bytes.length > 0,
    length: bytes.length,
    async *[Symbol.asyncIterator]() {
      if (bytes.length > 0) yield bytes;
    },
    async *batches() {
      if (bytes.length > 0) yield [bytes];
    },
  };
}
