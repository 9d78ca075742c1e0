import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { auditVerdict } from '../../src/commands/audit.ts';
import { REACHED } from '../support/crash-at.ts';
import { eventually } from '../support/eventually.ts';
import { makeFolder, type RunningGateway, startIn } from '../support/gateway.ts';
import { quickSettling } from '../support/settle.ts';
import type { CrashRun } from './crash-runs.ts';
import { LedgerLook, lookAtRemains } from './ledger-look.ts';
import { type Mailboxes, outcomeOf, ticketsIn } from './outcome.ts';
import { type HandedIn, Journal, nameOf, Partners, type Protocol } from './partners.ts';

const CRASH_AT = new URL('../support/crash-at.ts', import.meta.url).href;
const QUIET_MS = 120_000;
const KILL_MS = 60_000;

/** What is there when everything is over and the gateway has ended; the same of every run but for `mailboxes`. */
export type Finished = Awaited<ReturnType<typeof finish>>;

/** Runs of a gateway over the same files, each in a fresh copy of one folder. */
export class CrashBench {
  readonly #template: string;
  readonly #files: readonly HandedIn[];
  /** Runs whose gateway was seen to end by SIGKILL at its point. */
  readonly killed: CrashRun[] = [];

  private constructor(template: string, files: readonly HandedIn[]) {
    this.#template = template;
    this.#files = files;
  }

  /** Starts a gateway once, so that the directory of each copy is loaded already. */
  static async prepare(files: readonly HandedIn[]): Promise<CrashBench> {
    const template = await makeFolder({ 'gateway.yaml': quickSettling });
    const gateway = await startIn(template);
    expect(await gateway.stop()).toBe(0);
    return new CrashBench(template, files);
  }

  async remove(): Promise<void> {
    await rm(this.#template, { recursive: true });
  }

  async uninterrupted(): Promise<Finished> {
    return this.#inCopy(async (folder) => {
      const gateway = await startIn(folder);
      return endingWith(gateway, 'sftp', async (partners) => {
        const journal = new Journal();
        await journal.handIn(partners, this.#files);
        return finish(gateway, partners, journal, this.#files);
      });
    });
  }

  /** Kills the gateway, starts it again on what is left, and lets the partners go on. */
  async interrupted(crash: CrashRun): Promise<Finished> {
    return this.#inCopy(async (folder) => {
      const files = inOrder(this.#files, crash);
      const journal = new Journal();
      if (crash.by === 'sweep') await edit(folder, 'ADRM', 'keepAnsweredSeconds: 60', 'keepAnsweredSeconds: 0.5');
      await killAt(crash.at, folder, files, journal, crash);
      if (crash.thenAt !== undefined) await killAt(crash.thenAt, folder, files, journal, crash);
      this.killed.push(crash);
      const gateway = await startIn(folder);
      return endingWith(gateway, crash.over, async (partners) => {
        await checkIntake(partners, files, journal, crash);
        await journal.handIn(partners, files);
        return finish(gateway, partners, journal, files);
      });
    });
  }

  async #inCopy<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'sluis-crash-'));
    try {
      await cp(this.#template, folder, { recursive: true });
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** Hands in until the gateway is gone, and makes sure that it is gone because of the point. */
async function killAt(
  at: string,
  folder: string,
  files: readonly HandedIn[],
  journal: Journal,
  crash: CrashRun,
): Promise<void> {
  const { by, first, closing } = crash;
  const options = { nodeOptions: ['--import', CRASH_AT], environment: { SLUIS_TEST_CRASH_AT: at } };
  const gateway = await startIn(folder, options).catch((error: unknown) => {
    // Work that waited from before may reach the point first.
    expect(String(error)).toContain('ended with SIGKILL');
    expect(String(error)).toContain(`${REACHED}${at}`);
  });
  if (gateway !== undefined) {
    await endingWith(gateway, crash.over, async (partners) => {
      if (by === 'reload') await edit(folder, 'WLAT', 'title: Unemployment attests', 'title: Attests of unemployment');
      // Files of another flow are checked beside it, and would come to the point in its place: they follow afterwards.
      const inPlay = by === undefined ? files.filter((one) => one.file === first) : files;
      await journal.handIn(partners, inPlay).catch((error: unknown) => expectGone(gateway, error));
      if (by === 'stop') await stopWhenQuiet(gateway);
      await expectGone(gateway, new Error(`${at} was not reached:\n${gateway.log.slice(-20).join('\n')}`));
      expect(await gateway.ended).toBe('SIGKILL');
      await eventually(`the log says ${at}`, () => gateway.log.includes(`${REACHED}${at}`) || undefined);
    });
  }
  const name = nameOf(files.findLast((one) => one.file === first));
  const isClosed = await lookAtRemains(join(folder, 'var'), (ledger) => ledger.isClosed(name));
  expect(isClosed ? 'after' : 'before').toBe(closing);
}

/** @throws the error where the gateway goes on all the same */
async function expectGone({ process: child }: RunningGateway, error: unknown): Promise<void> {
  await eventually('the gateway is gone', () => child.exitCode ?? child.signalCode ?? undefined, KILL_MS).catch(() => {
    throw error;
  });
}

async function stopWhenQuiet(gateway: RunningGateway): Promise<void> {
  const ledger = new LedgerLook(gateway.data);
  await eventually('the pipeline is quiet', () => ledger.isQuiet() || undefined, QUIET_MS);
  gateway.process.kill('SIGTERM');
}

/** What was acknowledged is there; what was not is absent or whole. */
async function checkIntake(
  partners: Partners,
  files: readonly HandedIn[],
  journal: Journal,
  { by }: CrashRun,
): Promise<void> {
  for (const one of files) {
    const found = await partners.inIntake(one);
    const mayBeAbsent = !journal.hasAcknowledged(one) || (by === 'sweep' && one.file === 'batch');
    if (found === undefined) expect(mayBeAbsent, `${one.path} was acknowledged and is gone`).toBe(true);
    else expect(found.equals(one.bytes), `${one.path} is not whole`).toBe(true);
  }
}

/** Waits until nothing is to do, hands the same in once more, and looks at everything that is there then. */
async function finish(gateway: RunningGateway, partners: Partners, journal: Journal, files: readonly HandedIn[]) {
  const ledger = new LedgerLook(gateway.data);
  await eventually('the pipeline is quiet', () => ledger.isQuiet() || undefined, QUIET_MS);
  const answeredAgain = linesOf(ledger, 'submission-again');
  await journal.handInAgain(partners, files);
  await eventually('both are answered again', () =>
    ledger.isQuiet() && linesOf(ledger, 'submission-again') === answeredAgain + 2 ? true : undefined,
  );
  const mailboxes: Mailboxes = await partners.fetchMailboxes();
  const status = await gateway.stop('SIGTERM');
  const tickets = ticketsIn(mailboxes);
  const fileOf = (ticket: string) =>
    ticket === tickets.batch ? 'batch' : ticket === tickets.set ? 'set' : `unknown ticket ${ticket}`;
  return {
    mailboxes,
    outcome: await outcomeOf(mailboxes, gateway.certificates),
    submissions: ledger.submissions().map(({ ticket, state }) => ({ file: fileOf(ticket), state })),
    deliveries: ledger.deliveries().map(({ ticket, ...delivery }) => ({ ...delivery, file: fileOf(ticket) })),
    changes: ledger
      .changes()
      .filter(({ kind }) => kind !== 'submission-again')
      .map(({ ticket, ...change }) => ({ ...change, file: fileOf(ticket) }))
      .sort((one, other) => `${one.kind} ${one.file}`.localeCompare(`${other.kind} ${other.file}`)),
    jobs: ledger.jobs(),
    frozen: ledger.frozen(),
    lostContents: await ledger.lostContents(),
    status,
    auditIsUnaltered: await auditVerifies(gateway),
  };
}

function linesOf(ledger: LedgerLook, kind: string): number {
  return ledger
    .changes()
    .filter((change) => change.kind === kind)
    .reduce((sum, { lines }) => sum + lines, 0);
}

/** As `sluis audit verify` says it, without a process for each run. */
async function auditVerifies(gateway: RunningGateway): Promise<boolean> {
  const { lines, heads, fault } = await auditVerdict(gateway);
  return lines > 0 && heads > 0 && fault === undefined;
}

function inOrder(files: readonly HandedIn[], { first }: CrashRun): readonly HandedIn[] {
  return [...files.filter((one) => one.file === first), ...files.filter((one) => one.file !== first)];
}

async function edit(folder: string, flow: string, from: string, to: string): Promise<void> {
  const file = join(folder, 'config', 'flows', `${flow}.yaml`);
  const text = await readFile(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not say "${from}"`);
  await writeFile(file, text.replace(from, to));
}

/** Whatever happens, the gateway has ended afterwards. */
async function endingWith<T>(
  gateway: RunningGateway,
  over: Protocol | undefined,
  work: (partners: Partners) => Promise<T>,
): Promise<T> {
  const partners = new Partners(gateway, over);
  try {
    return await work(partners);
  } finally {
    partners.close();
    await gateway.stop('SIGKILL');
  }
}
