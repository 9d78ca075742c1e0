import { cp, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeBatch, writeDirectory } from '../../src/bench/generate.ts';
import { putFile, whereOf } from '../../src/bench/pipeline-gateway.ts';
import { addedFiles, edited } from '../../src/bench/pipeline-network.ts';
import { openDirectory } from '../../src/directory/lmdb-directory.ts';
import { CHUNK_BYTES } from '../../src/pipeline/lane-chunks.ts';
import { REACHED } from '../support/crash-at.ts';
import { eventually } from '../support/eventually.ts';
import { makeFolder, type RunningGateway, startIn } from '../support/gateway.ts';
import { leftBy } from './large-outcome.ts';
import { LedgerLook } from './ledger-look.ts';

const CRASH_AT = new URL('../support/crash-at.ts', import.meta.url).href;
const SEED = 3;
const QUIET_MS = 600_000;
const EDITED = ['gateway.yaml', 'sectors.yaml', 'partners/rjv.yaml'];

/** One large file, and gateways that are killed while they check it. */
export class LargeBench {
  readonly #folder: string;
  readonly #template: string;
  readonly #file: string;
  /** Of the file, as the lane cuts it. */
  readonly chunks: number;

  private constructor(folder: string, template: string, file: string, bytes: number) {
    this.#folder = folder;
    this.#template = template;
    this.#file = file;
    this.chunks = Math.ceil(bytes / CHUNK_BYTES);
  }

  static async prepare(records: number, persons: number): Promise<LargeBench> {
    const folder = await mkdtemp(join(tmpdir(), 'sluis-faults-large-'));
    const change = Object.fromEntries(EDITED.map((name) => [name, (text: string) => edited(name, text)]));
    const template = await makeFolder(change, { add: addedFiles() });
    const plan = { persons, seed: SEED };
    const dump = join(folder, 'dump.csv');
    await writeDirectory(dump, plan);
    const directory = openDirectory({ directory: join(template, 'var', 'directory') });
    const loaded = await directory.load('R', dump, []);
    await directory.close();
    if (!loaded.loaded) throw new Error('the synthetic directory has problems');
    await rm(dump);
    const file = join(folder, 'batch.csv');
    await writeBatch(file, { form: 'delimited', records, seed: SEED, directory: plan, receivers: 1 });
    return new LargeBench(folder, template, file, (await stat(file)).size);
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    await rm(this.#template, { recursive: true, force: true });
  }

  /** What is left when everything is over. @param at the crash point at which the first gateway is killed, if it is */
  async run(at: string | undefined): Promise<readonly string[]> {
    const folder = await mkdtemp(join(tmpdir(), 'sluis-crash-'));
    try {
      await cp(this.#template, folder, { recursive: true });
      if (at === undefined) await this.#finish(folder, (gateway) => this.#handIn(gateway));
      else {
        await this.#kill(folder, at);
        await this.#finish(folder, async () => {});
      }
      const lost = await new LedgerLook(join(folder, 'var')).lostContents();
      return [...(await leftBy(join(folder, 'var'))), `lost: ${lost.join() || 'nothing'}`];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #kill(folder: string, at: string): Promise<void> {
    const options = { nodeOptions: ['--import', CRASH_AT], environment: { SLUIS_TEST_CRASH_AT: at } };
    const gateway = await startIn(folder, options);
    try {
      await this.#handIn(gateway);
      await eventually(`the gateway passes ${at}`, () => gateway.process.signalCode ?? undefined, QUIET_MS);
      if (!gateway.log.includes(`${REACHED}${at}`)) throw new Error(`${at} was not reached`);
    } finally {
      await gateway.stop('SIGKILL');
    }
  }

  async #finish(folder: string, begin: (gateway: RunningGateway) => Promise<void>): Promise<void> {
    const gateway = await startIn(folder);
    try {
      await begin(gateway);
      const ledger = new LedgerLook(gateway.data);
      const isOver = () => (ledger.submissions().length === 1 && ledger.isQuiet() ? true : undefined);
      await eventually('the batch is answered', isOver, QUIET_MS);
      const status = await gateway.stop();
      if (status !== 0) throw new Error(`the gateway ended with ${status}`);
    } finally {
      await gateway.stop('SIGKILL');
    }
  }

  async #handIn({ https, certificates }: RunningGateway): Promise<void> {
    await putFile(whereOf(https, certificates, 'batch@ksz'), '/files/IN/ADRM/ADRM_large.csv', this.#file);
  }
}
