import { createHash } from 'node:crypto';
import { watch as watchFiles } from 'chokidar';
import type { Logger } from '../domain/logger.ts';
import { FileHints } from './file-hints.ts';
import { type KeyFiles, type KeyTexts, keyText } from './keys.ts';
import { type Loaded, loadTree, type Source } from './load.ts';
import type { Problem } from './problems.ts';
import type { Settings } from './settings.ts';
import { readTree, type Tree } from './tree.ts';
import { UnderstoodFiles } from './understood-files.ts';

/** What a folder held, and the key files it names. */
export type OnDisk = { readonly tree: Tree; readonly keyTexts: KeyTexts };

export type WatchOptions = {
  readonly directory: string;
  readonly keyFiles: KeyFiles;
  /** What is known of the files already: only one that changed is read by its schema. */
  readonly understood?: UnderstoodFiles | undefined;
  /** What lay there when `inForce` was loaded from it, where it was: that is not told again. */
  readonly seen?: OnDisk | undefined;
  /** The settings that were loaded at start. */
  readonly inForce: Settings;
  /**
   * A sound configuration that differs from the one in force, or the one in force after problems were told.
   * @returns `held` where it does not come in force for now, or what keeps it from being served
   */
  readonly onGeneration: (settings: Settings, source: Source) => Promise<'held' | 'in-force' | readonly Problem[]>;
  /** What lies on the disk is what is in force, and nothing was wrong with it before. */
  readonly onSame?: () => void;
  /** What is on disk is not sound; the settings in force stay. Told once for each change of the files. */
  readonly onProblems: (problems: readonly Problem[]) => void | Promise<void>;
  readonly logger: Logger;
  /** How often the folder is read whether or not a change was noticed. */
  readonly sweepMs?: number;
  /** How long the folder must be quiet after a noticed change before it is read. */
  readonly quietMs?: number;
};

const SWEEP_MS = 5000;
const QUIET_MS = 200;

/**
 * Follows a configuration folder. Notices of changed files only make it look sooner; reading the whole folder every few
 * seconds is what makes it sure. Nothing it does throws.
 */
export class ConfigurationWatcher {
  readonly #options: WatchOptions;
  readonly #hints: ReturnType<typeof watchFiles>;
  readonly #keyHints = new FileHints(() => this.#lookSoon());
  readonly #sweeps: NodeJS.Timeout;
  #quiet: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #closed = false;
  readonly #understood: UnderstoodFiles;
  /** Digest of the files that were last told about, and the key files they name. */
  #seen = '';
  #keyTexts: KeyTexts = new Map();
  #inForce: string;
  #unsound = false;

  private constructor(options: WatchOptions) {
    this.#options = options;
    this.#understood = options.understood ?? new UnderstoodFiles();
    this.#inForce = options.inForce.generation.id;
    if (options.seen !== undefined) this.#note(options.seen);
    this.#hints = watchFiles(options.directory, { ignoreInitial: true });
    // What changes while it begins to watch it does not tell.
    this.#hints.on('ready', () => this.#lookSoon());
    this.#hints.on('all', () => this.#lookSoon());
    this.#hints.on('error', (error) => options.logger.debug({ error: String(error) }, 'no notice of changed files'));
    this.#sweeps = setInterval(() => void this.look(), options.sweepMs ?? SWEEP_MS);
    this.#sweeps.unref();
  }

  static start(options: WatchOptions): ConfigurationWatcher {
    return new ConfigurationWatcher(options);
  }

  /** As `look`, and tells of what lies there as if it were new. */
  lookAgain(): Promise<void> {
    this.#seen = '';
    return this.look();
  }

  /** Reads the folder now and tells what changed; a call while another runs makes that one look once more. */
  look(): Promise<void> {
    if (this.#closed) return this.#running ?? Promise.resolve();
    if (this.#running !== undefined) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#lookUntilStill().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Stops watching; what runs is waited for, and nothing is told any more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#sweeps);
    clearTimeout(this.#quiet);
    this.#keyHints.close();
    await this.#hints.close().catch((error: unknown) => this.#failed(error));
    await this.#running;
  }

  #lookSoon(): void {
    if (this.#closed) return;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => void this.look(), this.#options.quietMs ?? QUIET_MS);
    this.#quiet.unref();
  }

  async #lookUntilStill(): Promise<void> {
    do {
      this.#again = false;
      try {
        await this.#lookOnce();
      } catch (error) {
        this.#failed(error);
      }
    } while (this.#again && !this.#closed);
  }

  async #lookOnce(): Promise<void> {
    const { directory, keyFiles } = this.#options;
    const tree = await readTree(directory);
    if (digestOf(tree, await readAgain(this.#keyTexts)) === this.#seen) return;
    const { loaded, keyTexts, source } = await loadTree(directory, tree, { keyFiles, understood: this.#understood });
    const digest = digestOf(tree, keyTexts);
    // A save may have been half done: what is told must be what still stands there.
    if (digest !== digestOf(await readTree(directory), await readAgain(keyTexts))) {
      this.#lookSoon();
      return;
    }
    if (this.#closed) return;
    this.#note({ tree, keyTexts });
    await this.#tell(loaded, source);
  }

  async #tell(loaded: Loaded, source: Source | undefined): Promise<void> {
    if (!loaded.ok || source === undefined) {
      this.#unsound = true;
      await this.#options.onProblems(loaded.ok ? [] : loaded.problems);
      return;
    }
    const { id } = loaded.settings.generation;
    if (id === this.#inForce && !this.#unsound) return this.#options.onSame?.();
    const outcome = await this.#options.onGeneration(loaded.settings, source);
    if (outcome === 'held') return;
    if (outcome !== 'in-force') {
      this.#unsound = true;
      await this.#options.onProblems(outcome);
      return;
    }
    this.#inForce = id;
    this.#unsound = false;
  }

  #note({ tree, keyTexts }: OnDisk): void {
    this.#seen = digestOf(tree, keyTexts);
    this.#keyTexts = keyTexts;
    this.#keyHints.follow(keyTexts.keys());
  }

  #failed(error: unknown): void {
    const reason = error instanceof Error ? error : new Error(String(error));
    this.#options.logger.error({ error: reason.message }, 'the configuration could not be followed');
  }
}

async function readAgain(keyTexts: KeyTexts): Promise<KeyTexts> {
  return new Map(await Promise.all([...keyTexts.keys()].map(async (file) => [file, await keyText(file)] as const)));
}

function digestOf(tree: Tree, keyTexts: KeyTexts): string {
  const content = [[...tree.files].sort(), tree.problems, [...keyTexts].map(([file, text]) => [file, text ?? null])];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
