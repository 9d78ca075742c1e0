import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { httpsLogin, type LogIn, type Measured, measure, sftpLogin } from './access-logins.ts';
import type { StormCounts, StormPlan } from './access-storm.ts';
import { type BenchGateway, startBenchGateway } from './gateway-process.ts';
import { asTable, type Figure, judge, machine, type Result, writeSection } from './report.ts';

const SECONDS = { full: 60, quick: 10 };
const LOGINS_PER_SECOND = 10;
const NEIGHBOUR_PER_SECOND = 2;
const STORM = { attemptsPerSecond: 300, addresses: 50, silent: 500 };
/** The first address of the storm; an honest partner sits behind it too. */
const SHARED_ADDRESS = '127.0.0.2';
const WARM_UP_LOGINS = 20;

type Honest = { readonly https: Measured; readonly sftp: Measured; readonly neighbour: Measured };
type Run = { readonly honest: Honest; readonly cpuSeconds: number; readonly peakMB: number };

/** Honest logins at a steady rate, first alone and then in an authentication storm, against one gateway. */
export async function benchAccess(quick: boolean): Promise<readonly Result[]> {
  const seconds = quick ? SECONDS.quick : SECONDS.full;
  const gateway = await startBenchGateway((name, text) =>
    name === 'partners/rjv.yaml' ? text.replace('address: 127.0.0.1', `address: ${SHARED_ADDRESS}`) : text,
  );
  try {
    const logins = {
      https: await httpsLogin(gateway, 'batch@ksz', '127.0.0.1'),
      sftp: await sftpLogin(gateway, 'batch@rva', '127.0.0.1'),
      neighbour: await httpsLogin(gateway, 'batch@rjv', SHARED_ADDRESS),
    };
    await warmUp(Object.values(logins));
    const control = await run(gateway, logins, seconds);
    const storm = startStorm(gateway, seconds);
    const stormy = await run(gateway, logins, seconds);
    const counts = await storm;
    const results = await judge('access', figures(control, stormy));
    if (!quick) await writeSection('access', section(results, { control, stormy, counts, seconds }));
    process.stderr.write(`storm: ${JSON.stringify(counts)}\nfailed honest logins: ${failuresOf(stormy.honest)}\n`);
    return results;
  } finally {
    await gateway.stop();
  }
}

async function warmUp(logins: readonly LogIn[]): Promise<void> {
  for (let index = 0; index < WARM_UP_LOGINS; index += 1) for (const logIn of logins) await logIn();
  await pause(1000);
}

async function run(
  gateway: BenchGateway,
  logins: Readonly<Record<keyof Honest, LogIn>>,
  seconds: number,
): Promise<Run> {
  const before = await gateway.cpuSeconds();
  const [https, sftp, neighbour] = await Promise.all([
    measure(logins.https, LOGINS_PER_SECOND, seconds),
    measure(logins.sftp, LOGINS_PER_SECOND, seconds),
    measure(logins.neighbour, NEIGHBOUR_PER_SECOND, seconds),
  ]);
  const cpuSeconds = (await gateway.cpuSeconds()) - before;
  return { honest: { https, sftp, neighbour }, cpuSeconds, peakMB: await gateway.peakMB() };
}

async function startStorm(gateway: BenchGateway, seconds: number): Promise<StormCounts> {
  const { https, sftp, certificates } = gateway;
  const plan: StormPlan = {
    ...{ https, sftp, seconds, ...STORM },
    certificate: join(certificates, 'server.pem'),
    key: join(certificates, 'server.key'),
  };
  const script = fileURLToPath(new URL('./access-storm.ts', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(plan)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const { promise, resolve, reject } = Promise.withResolvers<StormCounts>();
  createInterface({ input: child.stdout }).on('line', (line) => resolve(parseCounts(line)));
  child.once('exit', (code) => {
    if (code !== 0) reject(new Error(`the storm ended with ${code}`));
  });
  return promise;
}

function parseCounts(line: string): StormCounts {
  return JSON.parse(line) as StormCounts;
}

function figures(control: Run, stormy: Run): readonly Figure[] {
  const of = ({ cpuSeconds, peakMB }: Run) => ({ cpuSeconds, peakMB, peers: {} });
  const rows: Figure[] = [];
  for (const who of ['https', 'sftp', 'neighbour'] as const) {
    const [calm, storm] = [control.honest[who], stormy.honest[who]];
    rows.push(
      { case: `${who}-success-alone`, value: calm.successPercent, unit: '%', ...of(control) },
      { case: `${who}-success-storm`, value: storm.successPercent, unit: '%', ...of(stormy) },
      { case: `${who}-p50-alone`, value: calm.p50, unit: 'ms', ...of(control) },
      { case: `${who}-p50-storm`, value: storm.p50, unit: 'ms', ...of(stormy) },
      { case: `${who}-p99-alone`, value: calm.p99, unit: 'ms', ...of(control) },
      { case: `${who}-p99-storm`, value: storm.p99, unit: 'ms', ...of(stormy) },
      { case: `${who}-p99-ratio`, value: storm.p99 / calm.p99, unit: 'times', ...of(stormy) },
    );
  }
  return rows;
}

function failuresOf({ https, sftp, neighbour }: Honest): string {
  return JSON.stringify({ https: https.failures, sftp: sftp.failures, neighbour: neighbour.failures });
}

type Told = { readonly control: Run; readonly stormy: Run; readonly counts: StormCounts; readonly seconds: number };

function section(results: readonly Result[], { stormy, counts, seconds }: Told): string {
  const { attempts, skipped, refused, dropped, silentOpened } = counts;
  return [
    `${machine()}. Gateway, storm and honest clients share this machine, each in a process of its own.`,
    `${seconds} s alone, then ${seconds} s in the storm, against one gateway with the limits that ship. The storm: ${attempts} attempts ` +
      `(${skipped} of them not made, because too many were under way), of which ${refused} came as far as a refusal and ${dropped} were ` +
      `closed before; ${STORM.silent} silent connections, opened anew a second after each was ended, ${silentOpened} in all.`,
    asTable(results),
    `Honest logins that failed in the storm, by what the client saw: \`${failuresOf(stormy.honest)}\`.`,
  ].join('\n\n');
}
