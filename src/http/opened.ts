/**
 * A sequence whose first element was fetched, so that a refusal is thrown here and not in the middle of an answer.
 * Leaving the result early ends the source too.
 */
export async function opened<T>(source: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const iterator = source[Symbol.asyncIterator]();
  let first: IteratorResult<T> | undefined = await iterator.next();
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        const next = first === undefined ? iterator.next() : Promise.resolve(first);
        first = undefined;
        return next;
      },
      return: async (value?: unknown) => {
        await iterator.return?.();
        return { done: true as const, value };
      },
    }),
  };
}
