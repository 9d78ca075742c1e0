import { askGateway } from '../ops/control-socket.ts';
import { type CommonOptions, controlSocketPath, dataDirectory } from './places.ts';

/** Prints what became of one submission: its state, its answers and its deliveries. */
export async function trace(ticket: string, options: CommonOptions): Promise<0> {
  const socket = controlSocketPath(await dataDirectory(options));
  const answer = await askGateway(socket, { command: 'trace', arguments: [ticket] });
  process.stdout.write(`${JSON.stringify(answer, undefined, options.json ? 0 : 2)}\n`);
  return 0;
}
