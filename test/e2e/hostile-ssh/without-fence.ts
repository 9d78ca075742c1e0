/**
 * Start file for a gateway without one fence around ssh2: `node --import <this file>` with SLUIS_TEST_WITHOUT_FENCE=`<fence>`
 * changes the text of the product while it is loaded. Nothing in the product can do that.
 */
import { registerHooks } from 'node:module';
import { FENCES } from './fences.ts';

const fence = FENCES.find((one) => one.fence === process.env.SLUIS_TEST_WITHOUT_FENCE);

/** @throws Error where the product reads otherwise than the table says */
function without(source: string, { text, without: instead, file }: (typeof FENCES)[number]): string {
  if (source.split(text).length !== 2) throw new Error(`${file} does not have it once: ${text}`);
  return source.replace(text, () => instead);
}

if (fence !== undefined) {
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      if (!url.endsWith(`/src/sftp/${fence.file}`) || loaded.source === undefined || loaded.source === null)
        return loaded;
      const source =
        typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString();
      return { ...loaded, source: without(source, fence) };
    },
  });
}
