import { GatewayError } from '../domain/errors.ts';
import { askGateway } from '../ops/control-socket.ts';
import { type CommonOptions, controlSocketPath, dataDirectory } from './places.ts';

/** Prints what the running gateway is doing; a gateway that is stopped is an answer too. */
export async function status(options: CommonOptions): Promise<0> {
  const answer = await askOrStopped(controlSocketPath(await dataDirectory(options)));
  const text = options.json ? JSON.stringify(answer) : lines(answer);
  process.stdout.write(`${text}\n`);
  return 0;
}

async function askOrStopped(path: string): Promise<unknown> {
  try {
    return await askGateway(path, { command: 'status', arguments: [] });
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'not-running') return { state: 'stopped' };
    throw error;
  }
}

function lines(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return String(answer);
  return Object.entries(answer)
    .map(([name, value]) => `${name.padEnd(20)} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join('\n');
}
