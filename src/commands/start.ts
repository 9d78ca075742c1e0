import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import type { LoadOptions } from '../config/load.ts';
import { type Settings, withPortOffset } from '../config/settings.ts';
import { UnderstoodFiles } from '../config/understood-files.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Logger } from '../domain/logger.ts';
import { Gateway } from '../gateway.ts';
import { LogOutput } from '../ops/log-output.ts';
import { makeDemoPki } from '../pki/demo-ca.ts';
import { ensureBuilt } from '../portal/build/built.ts';
import { Supervisor } from '../processes/supervisor.ts';
import type { CommonOptions } from './places.ts';
import { settingsInForce } from './settings-in-force.ts';

const DEMO_WARNING =
  'demo keys and demo partners, and one person changes the configuration alone: for trying out on this machine, not for use';
const SFTP_HOSTS = ['127.0.0.1', 'localhost'];

/** Runs the gateway until SIGTERM or SIGINT. @returns 0 after an orderly end, 1 for a wrong configuration, 3 when it broke */
export async function start(options: CommonOptions): Promise<0 | 1 | 3> {
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, new LogOutput(1));
  const understood = new UnderstoodFiles();
  const settings = await prepare(options, understood);
  if (settings === undefined) return 1;
  const ending = untilEnd(logger);
  if (settings.processes > 1) return supervise(settings, options, ending.status, logger);
  const gateway = await Gateway.open({
    ...{ settings, configDirectory: options.config, understood, portOffset: options.portOffset, logger },
    onBroken: ending.broken,
  });
  if (settings.demo) logger.warn({}, DEMO_WARNING);
  logger.info({ ports: gateway.ports, generation: settings.generation.id }, 'the gateway is ready');
  const status = await ending.status;
  // What is broken is not closed in order: the next start recovers from what is durable.
  if (status === 0) await gateway.close(logger);
  logger.info({ status }, 'the gateway has ended');
  return status;
}

/** Starts the processes of the gateway and keeps them running until the end. */
async function supervise(
  settings: Settings,
  { config: configDirectory, portOffset }: CommonOptions,
  ending: Promise<0 | 3>,
  logger: Logger,
): Promise<0 | 1 | 3> {
  const [, script = ''] = process.argv;
  const data = settings.data.directory;
  await mkdir(data, { recursive: true, mode: 0o700 });
  const supervisor = new Supervisor({
    script,
    listeners: settings.listeners,
    workers: Array.from({ length: settings.processes - 1 }, (_, index) => `worker-${index + 1}`),
    owner: { settings, portOffset, configDirectory, socket: join(data, 'owner.sock') },
    ready: (ports) => {
      if (settings.demo) logger.warn({}, DEMO_WARNING);
      logger.info({ ports, generation: settings.generation.id, processes: settings.processes }, 'the gateway is ready');
    },
    logger,
  });
  void ending.then((status) => supervisor.stop(status));
  const status = await supervisor.run();
  logger.info({ status }, 'the gateway has ended');
  return status;
}

/** The settings to start with, with demo keys made where the configuration asks for them; undefined where it is wrong. */
export async function prepare(
  options: Omit<CommonOptions, 'json'>,
  understood: UnderstoodFiles,
): Promise<Settings | undefined> {
  const first = await load(options, { keyFiles: 'may-be-absent', understood });
  if (first === undefined) return undefined;
  if (first.pki.demo) await makeDemoKeys(first, first.pki.directory);
  const settings = first.pki.demo ? await load(options, { keyFiles: 'required', understood }) : first;
  if (settings === undefined) return undefined;
  await buildPages();
  const moved = offset(settings, options.portOffset);
  return options.data === undefined ? moved : { ...moved, data: { directory: options.data } };
}

/** Resolves with 0 at the first signal, with 3 when a part broke. */
export function untilEnd(logger: Logger): { readonly status: Promise<0 | 3>; readonly broken: (error: Error) => void } {
  const { promise, resolve } = Promise.withResolvers<0 | 3>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      logger.info({ signal }, 'ending');
      resolve(0);
    });
  }
  const broken = (error: Error) => {
    logger.error(
      { err: error },
      'it is not known any more what is durable; the gateway ends and recovers at its next start',
    );
    resolve(3);
  };
  // An error nobody caught leaves parts in states nobody knows: end, and recover from what is durable.
  process.on('uncaughtException', broken);
  process.on('unhandledRejection', (reason) => broken(reason instanceof Error ? reason : new Error(String(reason))));
  return { status: promise, broken };
}

async function load(options: Pick<CommonOptions, 'config' | 'data'>, how: LoadOptions): Promise<Settings | undefined> {
  const tell = (line: string) => process.stderr.write(`${line}\n`);
  const settings = await settingsInForce(options.config, options.data, how, tell);
  if (settings === undefined) tell('nothing was started');
  return settings;
}

/** Files are served also where the pages can not be built. */
async function buildPages(): Promise<void> {
  try {
    await ensureBuilt();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    process.stderr.write(`the pages of the portal could not be built; the gateway starts without them: ${cause}\n`);
  }
}

async function makeDemoKeys(settings: Settings, directory: string): Promise<void> {
  const accounts = settings.generation.partners.flatMap((partner) =>
    partner.accounts.map(({ kind, id }) => ({ kind, id, partner: partner.id, kbo: partner.kbo })),
  );
  const { made, problems } = await makeDemoPki({ directory, accounts, sftpHosts: SFTP_HOSTS, now: Date.now() });
  if (made.length > 0) process.stderr.write(`made ${made.length} demo keys and certificates in ${directory}\n`);
  if (problems.length > 0) throw new GatewayError('bad-request', problems.join('\n'));
}

function offset(settings: Settings, by: number): Settings {
  try {
    return withPortOffset(settings, by);
  } catch (cause) {
    throw new GatewayError('bad-request', cause instanceof Error ? cause.message : 'the port offset is too large', {
      cause,
    });
  }
}
