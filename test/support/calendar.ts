import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MOVED_CLOCK } from './moved-clock.ts';

const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000];

/** The days of a gateway that was started with `environment`: it begins at noon, and the next day when the test says so. */
export class Calendar {
  /** The day it begins on, `YYYY-MM-DD`. */
  readonly today: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly #folder: string;
  #offset: number;

  private constructor(folder: string, offset: number) {
    this.#folder = folder;
    this.#offset = offset;
    this.today = new Date(Date.now() + offset).toISOString().slice(0, 10);
    this.environment = { SLUIS_TEST_CLOCK: join(folder, 'offset'), NODE_OPTIONS: `--import=${MOVED_CLOCK}` };
  }

  static async open(): Promise<Calendar> {
    const noon = 12 * HOUR_MS - (Date.now() % DAY_MS);
    const calendar = new Calendar(await mkdtemp(join(tmpdir(), 'sluis-calendar-')), noon < 0 ? noon + DAY_MS : noon);
    await calendar.#write();
    return calendar;
  }

  /** Noon of the next day. */
  async nextDay(): Promise<void> {
    this.#offset += DAY_MS;
    await this.#write();
  }

  /** As a whole: the gateway may read it at any moment. */
  async #write(): Promise<void> {
    await writeFile(join(this.#folder, 'next'), String(this.#offset));
    await rename(join(this.#folder, 'next'), join(this.#folder, 'offset'));
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}
