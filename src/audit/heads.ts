import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError } from '../domain/errors.ts';
import { canonicalJson } from '../storage/audit-chain.ts';

const FILE = 'heads.jsonl';
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/**
 * A signed statement that the audit log held this line at this time (ms): whoever alters a line before it can not make the
 * head again. `signature` is base64, empty where no key was given.
 */
export type Head = { readonly seq: number; readonly hash: string; readonly at: number; readonly signature: string };

/** The bytes a head's signature is made over. */
export function signedPart({ seq, hash, at }: Omit<Head, 'signature'>): Uint8Array {
  return Buffer.from(canonicalJson({ at, hash, seq }));
}

/**
 * The heads of an audit log, in the order they were written; none where there is no file.
 * @throws GatewayError `broken` where a line is not a head
 */
export async function readHeads(directory: string): Promise<readonly Head[]> {
  return parseHeads(await readOrEmpty(directory));
}

/** The file of heads, open for adding; each is durable before `append` returns. */
export class HeadFile {
  readonly #handle: FileHandle;
  #size: number;

  private constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.#size = size;
  }

  /** Opens or makes the file. What a crash left of a half-written line was never a head and is cut off. */
  static async open(directory: string): Promise<{ readonly file: HeadFile; readonly last: Head | undefined }> {
    await mkdir(directory, { recursive: true, mode: FOLDER_MODE });
    const text = await readOrEmpty(directory);
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const last = parseHeads(whole).at(-1);
    const handle = await open(join(directory, FILE), 'a+', FILE_MODE);
    try {
      await handle.truncate(Buffer.byteLength(whole));
      await handle.sync();
      const folder = await open(directory, 'r');
      await folder.sync().finally(() => folder.close());
    } catch (error) {
      await handle.close();
      throw error;
    }
    return { file: new HeadFile(handle, Buffer.byteLength(whole)), last };
  }

  /** Errors of the disk are thrown as they are; then nothing of the head is left. */
  async append(head: Head): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(head)}\n`);
    try {
      await this.#handle.appendFile(line);
    } catch (error) {
      await this.#handle.truncate(this.#size);
      throw error;
    }
    await this.#handle.sync();
    this.#size += line.length;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

async function readOrEmpty(directory: string): Promise<string> {
  try {
    return await readFile(join(directory, FILE), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

function parseHeads(text: string): readonly Head[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(parseHead);
}

function parseHead(line: string): Head {
  try {
    const head = JSON.parse(line) as Partial<Head> | null;
    const { seq, hash, at, signature } = head ?? {};
    if (
      typeof seq === 'number' &&
      typeof hash === 'string' &&
      typeof at === 'number' &&
      typeof signature === 'string'
    ) {
      return { seq, hash, at, signature };
    }
    throw new TypeError('a head has seq, hash, at and signature');
  } catch (error) {
    throw new GatewayError('broken', 'the file of signed heads of the audit log is damaged', { cause: error });
  }
}
