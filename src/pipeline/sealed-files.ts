import type { Current } from '../domain/current.ts';
import type { Environment } from '../domain/flow.ts';
import type { AnswerFile } from '../domain/submission.ts';
import { rszName, serialOf, signatureName } from '../evidence/answer-names.ts';
import { type Signer, toBase64Lines } from '../evidence/cms.ts';
import type { LedgerCommand } from '../storage/commands.ts';
import { keeping } from '../storage/content-commands.ts';
import type { CompletedContent, ContentStore } from '../storage/content-store.ts';
import type { Ledger } from '../storage/ledger.ts';

const BUFFER_CHARACTERS = 64 * 1024;

type Parts = { readonly store: ContentStore; readonly ledger: Ledger; readonly signer: Current<Signer> };

/** A file that a partner gets, whose name no commit has published yet. */
export type SealedFile = { readonly name: string; readonly content: CompletedContent };

/** As submissions and deliveries name them. */
export function answerFiles(files: readonly SealedFile[]): readonly AnswerFile[] {
  return files.map(({ name, content: { contentId, size, sha256 } }) => ({ name, contentId, size, sha256 }));
}

/** What the commit that names them must carry. */
export function keepingFiles(files: readonly SealedFile[]): readonly LedgerCommand[] {
  return keeping(files.map(({ content }) => content));
}

/** Makes files that partners get, each with its detached signature. Their contents are complete when they are returned. */
export class SealedFiles {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Writes a text through a buffer; memory does not grow with it. */
  async write(chunks: Iterable<string> | AsyncIterable<string>): Promise<CompletedContent> {
    const { store } = this.#parts;
    const upload = await store.begin();
    let offset = 0;
    let buffer = '';
    let writing: Promise<void> = Promise.resolve();
    // One is written while the next is made.
    const flush = async () => {
      const bytes = Buffer.from(buffer);
      buffer = '';
      await writing;
      if (bytes.length > 0) writing = store.writePart(upload, offset, bytes);
      writing.catch(() => undefined); // whoever awaits it hears of it
      offset += bytes.length;
    };
    for await (const chunk of chunks) {
      buffer += chunk;
      if (buffer.length >= BUFFER_CHARACTERS) await flush();
    }
    await flush();
    await writing;
    return store.complete(upload, { size: offset });
  }

  /** The file and, beside it, its DER signature `<name>.p7s`. */
  async withSignature(name: string, content: CompletedContent): Promise<readonly SealedFile[]> {
    const der = await this.#parts.signer.value.signDetached(content.sha256);
    return [
      { name, content },
      { name: signatureName(name), content: await this.#bytes(der) },
    ];
  }

  /**
   * The file as a set of the batch channel: FO, its signature FS in base64 lines, and an empty GO.
   * @param contentCode four letters; `at` milliseconds since the epoch
   */
  async asSet(
    contentCode: string,
    content: CompletedContent,
    environment: Environment,
    at: number,
  ): Promise<readonly SealedFile[]> {
    const serial = serialOf(await this.#nextSerial(environment, at));
    const name = (kind: 'FO' | 'FS' | 'GO') => rszName(kind, contentCode, at, serial, environment);
    const der = await this.#parts.signer.value.signDetached(content.sha256);
    return [
      { name: name('FO'), content },
      { name: name('FS'), content: await this.#bytes(Buffer.from(toBase64Lines(der))) },
      { name: name('GO'), content: await this.#bytes(new Uint8Array(0)) },
    ];
  }

  /** A serial that was taken and not used leaves a gap, which the batch channel allows. */
  async #nextSerial(environment: Environment, at: number): Promise<number> {
    const counter = `serial:${new Date(at).toISOString().slice(0, 10)}:${environment}`;
    const { counters } = await this.#parts.ledger.commit([{ kind: 'increment', counter }]);
    return counters[counter] ?? 1;
  }

  async #bytes(bytes: Uint8Array): Promise<CompletedContent> {
    const { store } = this.#parts;
    const upload = await store.begin();
    if (bytes.length > 0) await store.writePart(upload, 0, bytes);
    return store.complete(upload, { size: bytes.length });
  }
}
