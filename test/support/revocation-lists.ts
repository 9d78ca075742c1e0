import type { Certificate } from '../../src/pki/certificate.ts';
import { CrlFile } from '../../src/pki/crl-places.ts';
import { RevocationLists } from '../../src/pki/revocation-lists.ts';

/** Lists in files, read without network. A delta list may stand among `files` behind its full list. */
export function fileLists(options: {
  readonly files: readonly string[];
  readonly issuers: readonly Certificate[];
  readonly deltaFiles?: readonly string[];
  readonly maxFileBytes?: number;
  readonly graceMs?: number;
  readonly toleranceMs?: number;
  readonly needDelta?: ReadonlySet<string>;
  readonly now?: () => number;
}): RevocationLists {
  const place = (file: string) => new CrlFile(file, options.maxFileBytes ?? 1_000_000);
  return new RevocationLists({
    full: options.files.map(place),
    delta: (options.deltaFiles ?? []).map(place),
    issuers: options.issuers,
    rules: { graceMs: options.graceMs ?? 0, toleranceMs: options.toleranceMs ?? 0 },
    needDelta: options.needDelta ?? new Set(),
    now: options.now ?? Date.now,
  });
}
