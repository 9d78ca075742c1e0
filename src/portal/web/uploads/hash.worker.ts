/// <reference lib="webworker" />
import { PartHash } from './part-hash.ts';

/** Digests beside the page, so that it stays quick. One file for each worker. */
type Ask = { readonly file: File } | { readonly id: number; readonly end: number };

let hash: PartHash | undefined;
let queue: Promise<unknown> = Promise.resolve();

addEventListener('message', ({ data }: MessageEvent<Ask>) => {
  if ('file' in data) hash = new PartHash(data.file);
  else queue = queue.then(() => answer(data.id, data.end));
});

async function answer(id: number, end: number): Promise<void> {
  try {
    const digest = await hash?.digest(end);
    postMessage({ id, digest });
  } catch (error) {
    postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
}
