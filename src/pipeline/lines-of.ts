/** So many are worked on before others get their turn. */
const LINES_AT_ONCE = 500;

/**
 * The lines of a UTF-8 text, each ended by LF and by nothing else: values of partners stand in them, which may have other
 * line ends (CR, U+2028) that `node:readline` would cut at.
 */
export async function* linesOf(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<string> {
  for await (const lines of someLinesOf(bytes)) yield* lines;
}

/** The same lines, some at once: a turn of the event loop for each costs more than most do with it. */
export async function* someLinesOf(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (let from = 0; from < lines.length; from += LINES_AT_ONCE) yield lines.slice(from, from + LINES_AT_ONCE);
  }
  if (rest !== '') yield [rest];
}
