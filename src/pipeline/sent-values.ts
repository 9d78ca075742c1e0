import type { Flow, LayoutVersion } from '../domain/flow.ts';
import type { Institution } from '../domain/partner.ts';
import type { Submission } from '../domain/submission.ts';
import { JoinedParts } from '../formats/joined-parts.ts';
import { recordFormat } from '../formats/open-format.ts';
import type { ParsedRecord, RecordSink } from '../formats/record-format.ts';
import type { ContentStore, ReadableContent } from '../storage/content-store.ts';
import { layoutsInForce } from './layouts-in-force.ts';
import { slices } from './probe.ts';

/** Records of a file by number, and the values of their fields by name, as their sender wrote them. */
export type SentValues = ReadonlyMap<number, ReadonlyMap<string, string>>;

export type SentFile = {
  readonly flow: Flow;
  readonly sender: Institution;
  readonly submission: Pick<Submission, 'environment' | 'receivedAt'>;
  /** One file, or the parts of a set in their order. */
  readonly contents: readonly (ReadableContent & { readonly size: number })[];
  /** Records behind so many bytes are not looked for. */
  readonly maxBytes: number;
};

/**
 * Values of some records, read once more from what was sent. It stops behind the last of them. What was taken away meanwhile
 * has none.
 */
export async function sentValues(
  { flow, sender, submission, contents, maxBytes }: SentFile,
  records: ReadonlySet<number>,
  store: Pick<ContentStore, 'read'>,
): Promise<SentValues> {
  const layouts = layoutsInForce(flow, submission.receivedAt);
  const sink = new Wanted(records);
  if (layouts.length === 0 || records.size === 0) return sink.found;
  const joined = new JoinedParts(sink, contents.length);
  let left = maxBytes;
  for (const content of contents) {
    const reader = recordFormat(flow.format, layouts, { environment: submission.environment, sender });
    joined.next();
    const isWhole = content.size <= left;
    for await (const chunk of slices(store.read(content, isWhole ? undefined : { start: 0, end: left }))) {
      reader.parse(chunk, joined);
      if (sink.isDone) return sink.found;
    }
    if (!isWhole) return sink.found;
    reader.end(joined);
    left -= content.size;
  }
  return sink.found;
}

class Wanted implements RecordSink {
  readonly found = new Map<number, ReadonlyMap<string, string>>();
  readonly #records: ReadonlySet<number>;
  readonly #last: number;
  #layout: LayoutVersion | undefined;
  #reached = 0;
  #failed = false;

  constructor(records: ReadonlySet<number>) {
    this.#records = records;
    this.#last = Math.max(0, ...records);
  }

  get isDone(): boolean {
    return this.#failed || this.#reached >= this.#last;
  }

  layout(layout: LayoutVersion): void {
    this.#layout = layout;
  }

  record({ number, values }: ParsedRecord): void {
    this.#reached = number;
    if (!this.#records.has(number)) return;
    const fields = this.#layout?.fields ?? [];
    const named = fields.flatMap(({ name }, index): readonly (readonly [string, string])[] => {
      const value = values[index];
      return value === undefined || value === null ? [] : [[name, value]];
    });
    this.found.set(number, new Map(named));
  }

  error(): void {
    this.#failed = true;
  }
}
