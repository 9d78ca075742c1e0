type Answer = { readonly id: number; readonly digest?: Uint8Array; readonly error?: string };

/** Asks a worker for digests of one file. */
export class Hasher {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<Uint8Array>>();
  #last = 0;

  constructor(file: File) {
    this.#worker = new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' });
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.digest !== undefined) waiting?.resolve(data.digest);
      else waiting?.reject(new Error(data.error));
    };
    this.#worker.onerror = ({ message }) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(message));
      this.#waiting.clear();
    };
    this.#worker.postMessage({ file });
  }

  /** SHA-256 of the bytes before `end`. Rejects where the file cannot be read any more, such as when it changed. */
  digest(end: number): Promise<Uint8Array> {
    const id = ++this.#last;
    const waiting = Promise.withResolvers<Uint8Array>();
    this.#waiting.set(id, waiting);
    this.#worker.postMessage({ id, end });
    return waiting.promise;
  }

  close(): void {
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(new Error('closed'));
    this.#waiting.clear();
  }
}

export function hex(digest: Uint8Array): string {
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** `sha-256=:…:` (RFC 9530) */
export function digestHeader(digest: Uint8Array): string {
  return `sha-256=:${btoa(String.fromCharCode(...digest))}:`;
}
