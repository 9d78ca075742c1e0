/** Does a few things at once, and the next few after them. What comes of them stands in the order of the things. */
export async function inGroups<T, R>(
  things: readonly T[],
  atOnce: number,
  work: (thing: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  for (let from = 0; from < things.length; from += atOnce) {
    results.push(...(await Promise.all(things.slice(from, from + atOnce).map(work))));
  }
  return results;
}
