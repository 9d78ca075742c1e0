import type { Socket } from 'node:net';
import { pino } from 'pino';
import type { Settings } from '../config/settings.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Logger } from '../domain/logger.ts';
import { Gateway } from '../gateway.ts';
import type { PortHolder } from '../gateway-take-up.ts';
import { WorkerGateway } from '../gateway-worker.ts';
import { LogOutput } from '../ops/log-output.ts';
import type { FromChild, OwnerStart, ToChild, WorkerStart } from '../processes/child.ts';
import type { PortsPrepared } from '../processes/ports.ts';
import { Workers } from '../processes/workers.ts';

type End = 'stop' | 'alone' | 'broken';

/** What the supervisor says, until the end. */
type Orders = {
  readonly start: Promise<Extract<ToChild, { kind: 'start' }>>;
  readonly end: Promise<End>;
  readonly finish: (why: End) => void;
  onConnection: (listener: number, socket: Socket) => void;
  onPorts: (prepared: PortsPrepared) => void;
};

/** One process of a gateway of several; started by the supervisor, and by nobody else. @returns 0, or 3 when it broke */
export async function processOfGateway(): Promise<0 | 3> {
  if (process.send === undefined) {
    throw new GatewayError('bad-request', 'the gateway starts its processes itself; use "sluis start"');
  }
  const orders = listen();
  const message = await orders.start;
  const name = message.role === 'owner' ? 'owner' : message.start.name;
  const options = { base: { process: name }, timestamp: pino.stdTimeFunctions.isoTime };
  const logger = pino(options, new LogOutput(1));
  const broken = (error: Error) => {
    logger.error({ err: error }, 'it is not known any more what is durable; this process ends');
    orders.finish('broken');
  };
  process.on('uncaughtException', broken);
  process.on('unhandledRejection', (reason) => broken(reason instanceof Error ? reason : new Error(String(reason))));
  const status =
    message.role === 'owner' ? own(message.start, orders, logger, broken) : work(message.start, orders, logger, broken);
  return await status;
}

async function own(start: OwnerStart, orders: Orders, logger: Logger, broken: (error: Error) => void): Promise<0 | 3> {
  const { configDirectory, portOffset, socket, word, listeners, health } = start;
  const workers = new Workers(start.workers);
  const gateway = await Gateway.open({
    ...{ settings: parseSettings(start.settings), configDirectory, logger, onBroken: broken },
    ...{
      portOffset,
      owner: { socket, word, workers, ports: portsOf(orders), before: { listeners, health }, supervisor: process.ppid },
    },
  });
  say({ kind: 'ready', health: gateway.ports.health });
  // What is broken is not closed in order: the next owner recovers from what is durable.
  if ((await orders.end) === 'broken') return 3;
  await gateway.close(logger);
  return 0;
}

/** The ports as the supervisor holds them. */
function portsOf(orders: Orders): PortHolder {
  return {
    prepare: (wanted) => {
      const answer = Promise.withResolvers<PortsPrepared>();
      orders.onPorts = answer.resolve;
      say({ kind: 'wants-ports', wanted });
      return answer.promise;
    },
    keep: (now) => say({ kind: 'in-force', ...now }),
    discard: () => say({ kind: 'wants-no-ports' }),
  };
}

async function work(
  start: WorkerStart,
  orders: Orders,
  logger: Logger,
  broken: (error: Error) => void,
): Promise<0 | 3> {
  const closing = { value: false };
  const onAlone = (why: string) => {
    if (closing.value) return;
    logger.warn({ why }, 'the owner is gone; this worker ends');
    orders.finish('alone');
  };
  const gateway = await WorkerGateway.open({ ...start, logger, onBroken: broken, onAlone });
  orders.onConnection = (listener, socket) => gateway.take(listener, socket);
  say({ kind: 'ready' });
  const end = await orders.end;
  if (end === 'broken') return 3;
  closing.value = true;
  await gateway.close(logger, end === 'alone');
  return 0;
}

function listen(): Orders {
  const started = Promise.withResolvers<Extract<ToChild, { kind: 'start' }>>();
  const ended = Promise.withResolvers<End>();
  const orders: Orders = {
    start: started.promise,
    end: ended.promise,
    finish: ended.resolve,
    onConnection: (_, socket) => socket.destroy(),
    onPorts: () => undefined,
  };
  process.on('message', (value, handle) => {
    const message = parseOrder(value);
    if (message.kind === 'start') started.resolve(message);
    else if (message.kind === 'stop') ended.resolve('stop');
    else if (message.kind === 'ports') orders.onPorts(message.prepared);
    else {
      // A client that is gone again leaves no socket.
      if (handle !== undefined) orders.onConnection(message.listener, parseSocket(handle));
      say({ kind: 'taken', id: message.id });
    }
  });
  // Without its supervisor nobody would start anything again.
  process.on('disconnect', () => ended.resolve('stop'));
  // A signal for the whole group is the supervisor's to answer: workers end before their owner.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);
  return orders;
}

function say(message: FromChild): void {
  if (process.connected) process.send?.(message);
}

// The supervisor is a process of this gateway, of this version; what it sends gets its types back here.

function parseOrder(value: unknown): ToChild {
  return value as ToChild;
}

function parseSettings(value: unknown): Settings {
  return value as Settings;
}

function parseSocket(value: unknown): Socket {
  return value as Socket;
}
