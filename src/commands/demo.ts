import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Settings } from '../config/settings.ts';
import { UnderstoodFiles } from '../config/understood-files.ts';
import { GatewayError } from '../domain/errors.ts';
import { Gateway } from '../gateway.ts';
import { LogOutput } from '../ops/log-output.ts';
import { type DemoVisitOutcome, playVisits } from './demo-internet.ts';
import { type DemoOutcome, type DemoPlace, DemoRun } from './demo-run.ts';
import { DEMO_STEPS } from './demo-steps.ts';
import type { CommonOptions } from './places.ts';
import { prepare, untilEnd } from './start.ts';

type DemoOptions = CommonOptions & { readonly once: boolean; readonly root: string };

/**
 * Starts the gateway, plays the demo and prints its table. With `once` it ends then: 0 only if every answer and delivery
 * equals the expected results in `test/fixtures/demo/`; without, it keeps running.
 */
export async function demo(options: DemoOptions): Promise<0 | 1 | 3> {
  const logger = pino({ base: null, level: 'warn' }, new LogOutput(2));
  const understood = new UnderstoodFiles();
  const settings = await prepare(options, understood);
  if (settings === undefined) return 1;
  if (!settings.demo)
    throw new GatewayError('bad-request', 'this configuration is not a demo ("demo: true" in gateway.yaml)');
  const ending = untilEnd(logger);
  const gateway = await Gateway.open({
    ...{ settings, configDirectory: options.config, understood, logger, onBroken: ending.broken },
  });
  const fixtures = join(options.root, 'test', 'fixtures', 'demo');
  const place = placeOf(settings, gateway, join(fixtures, 'samples'));
  const differences = await play(place, internetPort(settings, gateway), fixtures);
  if (!options.once) {
    print(howToConnect(settings, place));
    const status = await ending.status;
    if (status === 0) await gateway.close(logger);
    return status;
  }
  await gateway.close(logger);
  return differences === 0 ? 0 : 1;
}

/** @returns how many answers and deliveries differ from what is expected */
async function play(place: DemoPlace, internet: number | undefined, fixtures: string): Promise<number> {
  const run = await DemoRun.prepare(place, Date.now());
  const outcomes: DemoOutcome[] = [];
  const visits: DemoVisitOutcome[] = [];
  const differences: string[] = [];
  try {
    for (const step of DEMO_STEPS) {
      const outcome = await run.play(step);
      outcomes.push(outcome);
      differences.push(...(await compare(outcome, join(fixtures, 'expected', step.id))));
    }
    if (internet !== undefined) visits.push(...(await playVisits(place, internet)));
  } finally {
    run.close();
  }
  for (const { visit, status } of visits) {
    if (status !== visit.wanted)
      differences.push(`${visit.id}: ${visit.account} got ${status} and not ${visit.wanted}`);
  }
  print(table(outcomes, visits));
  if (differences.length === 0) print('Every answer and delivery is as expected, and every signature is good.\n');
  else print(`Not as expected:\n${differences.map((line) => `  ${line}\n`).join('')}`);
  return differences.length;
}

/** Each file against the expected one; what differs from run to run is named in braces there. */
async function compare(outcome: DemoOutcome, folder: string): Promise<readonly string[]> {
  const { step, ticket, files } = outcome;
  const expected: readonly string[] = await readdir(folder).catch(() => []);
  const differences: string[] = [];
  for (const name of expected) {
    const wanted = await readFile(join(folder, name), 'utf8');
    const got = files.get(name);
    if (got === undefined) differences.push(`${step.id}: ${name} is missing`);
    else if (plain(got.toString(), ticket) !== wanted)
      differences.push(`${step.id}: ${name} differs from ${join(folder, name)}`);
  }
  for (const name of files.keys())
    if (!expected.includes(name)) differences.push(`${step.id}: ${name} was not expected`);
  return differences;
}

/** Puts names in braces for what no two runs share: ticket, times, configuration, and the day in names. */
export function plain(text: string, ticket: string): string {
  return text
    .replaceAll(ticket, '{ticket}')
    .replace(/("generation": "|<generation>)[0-9a-f]{64}/g, '$1{generation}')
    .replace(/("(?:receivedAt|createdAt)": "|<receivedAt>)[^"<]+/g, '$1{time}')
    .replace(/(<FormCreationDate>)[^<]+/g, '$1{date}')
    .replace(/(<FormCreationHour>)[^<]+/g, '$1{time}')
    .replace(/((?:FI|FS|GO)\.[A-Z]{4}\.\d{6}\.)\d{8}/g, '$1{date}');
}

function table(outcomes: readonly DemoOutcome[], visits: readonly DemoVisitOutcome[]): string {
  const head = ['file', 'sent by', 'ticket', 'state', 'accepted', 'refused', 'receivers', 'seconds'];
  const rows = outcomes.map(({ step, ticket, state, records, receivers, milliseconds }) => [
    step.as.at(-1)?.name.replace('.{date}', '…') ?? step.sample,
    `${step.account} ${step.protocol}`,
    ticket,
    state,
    String(records.accepted),
    String(records.refused),
    receivers.join(', ') || '–',
    (milliseconds / 1000).toFixed(2),
  ]);
  for (const { visit, status, milliseconds } of visits) {
    const state = status < 300 ? 'let in' : 'turned away';
    const seconds = (milliseconds / 1000).toFixed(2);
    rows.push([visit.path, `${visit.account} internet`, '–', state, '–', '–', '–', seconds]);
  }
  const widths = head.map((title, index) => Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `${cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd()}\n`;
  const notices = [...outcomes.map(({ step }) => step.shows), ...visits.map(({ visit }) => visit.shows)];
  const shows = notices.map((notice, index) => `  ${index + 1}  ${notice}\n`).join('');
  return `\n${line(head)}${line(widths.map((width) => '─'.repeat(width)))}${rows.map(line).join('')}\n${shows}\n`;
}

function placeOf(settings: Settings, gateway: Gateway, samples: string): DemoPlace {
  if (!settings.pki.demo)
    throw new GatewayError('bad-request', 'the demo needs the demo keys ("pki: directory" in gateway.yaml)');
  const portOf = (protocol: 'https' | 'sftp') => {
    const index = settings.listeners.findIndex((one) => one.protocol === protocol && one.accessMethod === 'line');
    const port = gateway.ports.listeners[index];
    if (port === undefined)
      throw new GatewayError('bad-request', `the demo needs a ${protocol} listener of access method line`);
    return port;
  };
  const certificates = settings.pki.directory;
  return { certificates, samples, host: '127.0.0.1', httpsPort: portOf('https'), sftpPort: portOf('sftp') };
}

/** The port of the listener that is on the internet; a configuration may have none. */
function internetPort(settings: Settings, gateway: Gateway): number | undefined {
  const isMeant = ({ protocol, accessMethod }: Settings['listeners'][number]) =>
    protocol === 'https' && accessMethod === 'internet';
  return gateway.ports.listeners[settings.listeners.findIndex(isMeant)];
}

function howToConnect(settings: Settings, { certificates, httpsPort, sftpPort }: DemoPlace): string {
  const pem = (name: string) => join(certificates, name);
  return [
    'The gateway keeps running; Ctrl-C ends it. Connect by hand:',
    '',
    `  browser  import ${pem('anna@rjv.p12')} (password "demo"), trust ${pem('server-ca.pem')},`,
    `           then open https://localhost:${httpsPort}/`,
    `  curl     curl --cacert ${pem('server-ca.pem')} --cert ${pem('anna@rjv.pem')} --key ${pem('anna@rjv.key')} \\`,
    `             https://localhost:${httpsPort}/files/OUT/ADRM/`,
    `  sftp     sftp -P ${sftpPort} -i ${pem('batch@rjv.ssh')} -o UserKnownHostsFile=${pem('known_hosts')} batch@rjv@127.0.0.1`,
    `  health   curl http://${settings.health.host}:${settings.health.port}/healthz`,
    '',
  ].join('\n');
}

function print(text: string): void {
  process.stdout.write(`${text}${text.endsWith('\n') ? '' : '\n'}`);
}
