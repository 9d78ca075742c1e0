import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Loaded, loadConfiguration } from '../../src/config/load.ts';
import { UnderstoodFiles } from '../../src/config/understood-files.ts';

const SHIPPED = join(import.meta.dirname, '../../config');

/** A copy of the shipped configuration in a folder of its own, to be changed by a test. */
export class ConfigCopy {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async make(): Promise<ConfigCopy> {
    const root = await mkdtemp(join(tmpdir(), 'sluis-config-'));
    await cp(SHIPPED, join(root, 'config'), {
      recursive: true,
      filter: (source) => !source.startsWith(join(SHIPPED, 'directory')),
    });
    return new ConfigCopy(root);
  }

  get directory(): string {
    return join(this.root, 'config');
  }

  path(file: string): string {
    return join(this.directory, file);
  }

  /** Replaces the one place where `from` stands. */
  async edit(file: string, from: string, to: string): Promise<void> {
    const text = await readFile(this.path(file), 'utf8');
    const at = text.indexOf(from);
    if (at < 0) throw new Error(`${file} does not hold ${JSON.stringify(from)}`);
    await writeFile(this.path(file), text.slice(0, at) + to + text.slice(at + from.length));
  }

  async write(file: string, content: string | Uint8Array): Promise<void> {
    await writeFile(this.path(file), content);
  }

  async remove(file: string): Promise<void> {
    await rm(this.path(file), { recursive: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

const understood = new UnderstoodFiles();

/** What a copy says; as in a gateway that follows its folder, only files that differ from those of the copies before are parsed. */
export function load({ directory }: ConfigCopy): Promise<Loaded> {
  return loadConfiguration(directory, { keyFiles: 'may-be-absent', understood });
}
