import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Bundle, readerOf } from './bundle.ts';
import { writeDurably } from './durable-file.ts';
import { type Loaded, loadTree, type Source } from './load.ts';
import { inReadingOrder } from './problems.ts';
import { FOLDERS, TOP_FILES } from './tree.ts';

/**
 * Loads a configuration from what was kept of it, as if it lay in `directory`. Issuers that are trusted are those that were
 * kept; keys of the gateway itself and revocation lists are those on the disk.
 * @param data the folder of live state, where the issuers are written for who reads them
 */
export async function loadStored(
  bundle: Bundle,
  directory: string,
  data: string,
): Promise<{ readonly loaded: Loaded; readonly source?: Source }> {
  const places = await issuerFiles(bundle, directory, data);
  const known = (file: string) => TOP_FILES.some((top) => top === file) || FOLDERS.some((one) => file.startsWith(one));
  const problems = inReadingOrder(
    TOP_FILES.filter((file) => !bundle.files.has(file)).map((file) => {
      return { file, line: 1, column: 1, message: 'the file is missing', remedy: `add ${file}` };
    }),
  );
  const files = new Map([...bundle.files].filter(([file]) => known(file)));
  const read = readerOf(bundle, directory);
  const placeOfIssuer = (file: string) => places.get(file) ?? file;
  return loadTree(directory, { files, problems }, { keyFiles: 'may-be-absent', read, placeOfIssuer });
}

/** Each under its own digest: a generation that is loaded later does not change the files of one in force. */
async function issuerFiles(bundle: Bundle, directory: string, data: string): Promise<ReadonlyMap<string, string>> {
  const folder = join(data, 'generations', 'issuers');
  const places = new Map<string, string>();
  for (const [name, text] of bundle.named) {
    if (!text.includes('-----BEGIN CERTIFICATE-----')) continue;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, `${createHash('sha256').update(text).digest('hex')}.pem`);
    await writeDurably(file, text);
    places.set(resolve(directory, name), file);
  }
  return places;
}
