import { type Bundle, readerOf } from './bundle.ts';
import { type Loaded, loadTree, type Source } from './load.ts';
import { inReadingOrder } from './problems.ts';
import { FOLDERS, TOP_FILES } from './tree.ts';
import type { UnderstoodFiles } from './understood-files.ts';

/**
 * Loads a configuration from what was kept of it, as if it lay in `directory`. Issuers that are trusted are those that were
 * kept; keys of the gateway itself and revocation lists are those on the disk.
 */
export async function loadStored(
  bundle: Bundle,
  directory: string,
  understood?: UnderstoodFiles,
): Promise<{ readonly loaded: Loaded; readonly source?: Source }> {
  const known = (file: string) => TOP_FILES.some((top) => top === file) || FOLDERS.some((one) => file.startsWith(one));
  const problems = inReadingOrder(
    TOP_FILES.filter((file) => !bundle.files.has(file)).map((file) => {
      return { file, line: 1, column: 1, message: 'the file is missing', remedy: `add ${file}` };
    }),
  );
  const files = new Map([...bundle.files].filter(([file]) => known(file)));
  const read = readerOf(bundle, directory);
  return loadTree(directory, { files, problems }, { keyFiles: 'may-be-absent', understood, read });
}
