import type { Environment } from '../domain/flow.ts';
import type { AnswerFile } from '../domain/submission.ts';
import { rszName, serialOf, signatureName } from '../evidence/answer-names.ts';
import { type Signer, toBase64Lines } from '../evidence/cms.ts';
import type { ContentRef, ContentStore } from '../storage/content-store.ts';
import type { Ledger } from '../storage/ledger.ts';

const BUFFER_CHARACTERS = 64 * 1024;

type Parts = { readonly store: ContentStore; readonly ledger: Ledger; readonly signer: Signer };

/** Makes files that partners get, each with its detached signature. Everything is durable when it is returned. */
export class SealedFiles {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Writes a text through a buffer; memory does not grow with it. */
  async write(chunks: Iterable<string> | AsyncIterable<string>): Promise<ContentRef> {
    const { store } = this.#parts;
    const upload = await store.begin();
    let offset = 0;
    let buffer = '';
    const flush = async () => {
      const bytes = Buffer.from(buffer);
      buffer = '';
      if (bytes.length > 0) await store.writePart(upload, offset, bytes);
      offset += bytes.length;
    };
    for await (const chunk of chunks) {
      buffer += chunk;
      if (buffer.length >= BUFFER_CHARACTERS) await flush();
    }
    await flush();
    return store.complete(upload, { size: offset });
  }

  /** The file and, beside it, its DER signature `<name>.p7s`. */
  async withSignature(name: string, content: ContentRef): Promise<readonly AnswerFile[]> {
    const der = await this.#parts.signer.signDetached(content.sha256);
    return [named(name, content), named(signatureName(name), await this.#bytes(der))];
  }

  /**
   * The file as a set of the batch channel: FO, its signature FS in base64 lines, and an empty GO.
   * @param contentCode four letters; `at` milliseconds since the epoch
   */
  async asSet(
    contentCode: string,
    content: ContentRef,
    environment: Environment,
    at: number,
  ): Promise<readonly AnswerFile[]> {
    const serial = serialOf(await this.#nextSerial(environment, at));
    const name = (kind: 'FO' | 'FS' | 'GO') => rszName(kind, contentCode, at, serial, environment);
    const der = await this.#parts.signer.signDetached(content.sha256);
    return [
      named(name('FO'), content),
      named(name('FS'), await this.#bytes(Buffer.from(toBase64Lines(der)))),
      named(name('GO'), await this.#bytes(new Uint8Array(0))),
    ];
  }

  /** A serial that was taken and not used leaves a gap, which the batch channel allows. */
  async #nextSerial(environment: Environment, at: number): Promise<number> {
    const counter = `serial:${new Date(at).toISOString().slice(0, 10)}:${environment}`;
    const { counters } = await this.#parts.ledger.commit([{ kind: 'increment', counter }]);
    return counters[counter] ?? 1;
  }

  async #bytes(bytes: Uint8Array): Promise<ContentRef> {
    const { store } = this.#parts;
    const upload = await store.begin();
    if (bytes.length > 0) await store.writePart(upload, 0, bytes);
    return store.complete(upload, { size: bytes.length });
  }
}

function named(name: string, { contentId, size, sha256 }: ContentRef): AnswerFile {
  return { name, contentId, size, sha256 };
}
