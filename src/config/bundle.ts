import { createHash } from 'node:crypto';
import { relative, resolve } from 'node:path';
import { GatewayError } from '../domain/errors.ts';
import { canonicalJson } from './canonical-json.ts';

/**
 * A configuration as it was written: its files, and the public keys and issuers that these name. Secrets are not in it.
 * Two that are equal have the same digest wherever they lie.
 */
export type Bundle = {
  /** Text by path below the configuration folder. */
  readonly files: ReadonlyMap<string, string>;
  /** Text by path as seen from the configuration folder, as in `../certs/anna.pub`. */
  readonly named: ReadonlyMap<string, string>;
};

const VERSION = 1;

/** @param named by absolute path; files that can not be read are left out */
export function bundleOf(
  directory: string,
  files: ReadonlyMap<string, string>,
  named: ReadonlyMap<string, string | undefined>,
): Bundle {
  const texts = [...named].flatMap(([file, text]) =>
    text === undefined ? [] : [[relative(directory, file), text] as const],
  );
  return { files: new Map(files), named: new Map(texts) };
}

/** The bytes that are stored: SHA-256 over them is the digest of the tree. */
export function bundleText({ files, named }: Bundle): string {
  return `${canonicalJson({ version: VERSION, files: Object.fromEntries(files), named: Object.fromEntries(named) })}\n`;
}

/** SHA-256, hex. */
export function treeDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** @throws GatewayError `broken` where the text is not that of this digest, or of no bundle */
export function parseBundle(text: string, digest: string): Bundle {
  if (treeDigest(text) !== digest) throw new GatewayError('broken', `the stored generation ${digest} was altered`);
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && 'files' in value && 'named' in value) {
    const [files, named] = [textsOf(value.files), textsOf(value.named)];
    if (files !== undefined && named !== undefined) return { files, named };
  }
  throw new GatewayError('broken', `the stored generation ${digest} can not be read`);
}

/** Reads what a configuration names from a bundle, and nothing from the disk. */
export function readerOf({ named }: Bundle, directory: string): (file: string) => Promise<string | undefined> {
  const texts = new Map([...named].map(([file, text]) => [resolve(directory, file), text]));
  return async (file) => texts.get(file);
}

function textsOf(value: unknown): ReadonlyMap<string, string> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? new Map(entries)
    : undefined;
}
