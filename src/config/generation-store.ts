import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError } from '../domain/errors.ts';
import { type Bundle, bundleText, parseBundle, treeDigest } from './bundle.ts';
import { appendDurably, writeDurably } from './durable-file.ts';

/** How a generation came in force. `bootstrap`: the first one outside demo mode; nobody could approve it. */
export type HowInForce = 'demo' | 'bootstrap' | 'alone' | 'approved';

/** One generation that was in force, as `sluis config history` shows it. */
export type HistoryRow = {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly generation: string;
  /** Digest of the files, under which they are kept. */
  readonly tree: string;
  /** The generation that was in force before; undefined for the first. */
  readonly parent: string | undefined;
  readonly how: HowInForce;
  /** `anna@ksz`, or `system:<user>` where nobody said who. */
  readonly author: string;
  /** Whether he signed for it, and that counted when it came in force. */
  readonly authorSigned?: boolean | undefined;
  readonly approvers: readonly string[];
  /** Who put it in force: who approved last, or the user of the machine by `sluis config apply`, by the files, or by a start. */
  readonly appliedBy?: string | undefined;
  readonly message?: string | undefined;
};

const HISTORY = 'history.jsonl';
const SHORTEST_PREFIX = 6;

/**
 * Every configuration that was ever in force or proposed, each under the digest of its content, and in which order they
 * were in force. It lies beside the ledger: it is read before anything is opened.
 */
export class GenerationStore {
  readonly #folder: string;

  constructor(data: string) {
    this.#folder = join(data, 'generations');
  }

  /** Keeps a configuration; one that is there already is left alone. @returns its digest */
  async put(bundle: Bundle): Promise<string> {
    const text = bundleText(bundle);
    const tree = treeDigest(text);
    if ((await readOr(this.#fileOf(tree), undefined)) !== text) await writeDurably(this.#fileOf(tree), text);
    return tree;
  }

  /** @throws GatewayError `not-found`; `broken` where its bytes are not those that were kept */
  async get(tree: string): Promise<Bundle> {
    const text = await readOr(this.#fileOf(tree), undefined);
    if (text === undefined) throw new GatewayError('not-found', `there is no stored generation ${tree}`);
    return parseBundle(text, tree);
  }

  /** The oldest first. A line that a crash cut is not there. */
  async history(): Promise<readonly HistoryRow[]> {
    const text = await readOr(join(this.#folder, HISTORY), '');
    return text
      .split('\n')
      .map(parseRow)
      .filter((row) => row !== undefined);
  }

  /** The one in force, or that was when the gateway ended. */
  async last(): Promise<HistoryRow | undefined> {
    return (await this.history()).at(-1);
  }

  async append(row: HistoryRow): Promise<void> {
    const file = join(this.#folder, HISTORY);
    await appendDurably(file, JSON.stringify(row), await readOr(file, ''));
  }

  /**
   * Finds what a generation, or the digest of its files, or the beginning of either names.
   * @throws GatewayError `not-found`, `bad-request` where several begin so
   */
  async find(name: string): Promise<{ readonly tree: string; readonly row: HistoryRow | undefined }> {
    const isMeant = (id: string) => id === name || (name.length >= SHORTEST_PREFIX && id.startsWith(name));
    const rows = (await this.history()).filter(({ generation, tree }) => isMeant(generation) || isMeant(tree));
    const trees = new Set([...rows.map(({ tree }) => tree), ...(await this.#trees()).filter(isMeant)]);
    const [tree, other] = trees;
    if (tree === undefined) {
      throw new GatewayError('not-found', `there is no generation ${name}; "sluis config history" lists them`);
    }
    if (other !== undefined) throw new GatewayError('bad-request', `several generations begin with ${name}`);
    return { tree, row: rows.findLast((row) => row.tree === tree) };
  }

  async #trees(): Promise<readonly string[]> {
    try {
      return (await readdir(this.#folder)).flatMap((file) => /^([0-9a-f]{64})\.json$/.exec(file)?.[1] ?? []);
    } catch {
      return [];
    }
  }

  #fileOf(tree: string): string {
    if (!/^[0-9a-f]{64}$/.test(tree))
      throw new GatewayError('bad-request', `${tree} is not the digest of a generation`);
    return join(this.#folder, `${tree}.json`);
  }
}

async function readOr<Otherwise>(file: string, otherwise: Otherwise): Promise<string | Otherwise> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return otherwise;
    throw error;
  }
}

/** A line of our own file. */
function parseRow(line: string): HistoryRow | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'tree' in value ? (value as HistoryRow) : undefined;
  } catch {
    return undefined;
  }
}
