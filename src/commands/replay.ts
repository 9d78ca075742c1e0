import { askGateway } from '../ops/control-socket.ts';
import type { Redelivered } from '../submissions/redeliver.ts';
import type { Replayed } from '../submissions/replay.ts';
import { type CommonOptions, controlSocketPath, dataDirectory } from './places.ts';

/** With a reason it is rejected. */
type Wish = CommonOptions & { readonly reason: string | undefined };

/** Lets a quarantined submission be checked again, or ends it with an answer to its sender. */
export async function replay(ticket: string, options: Wish, out: NodeJS.WritableStream): Promise<0> {
  const { reason } = options;
  const words = reason === undefined ? [ticket] : [ticket, 'reject', reason];
  const socket = controlSocketPath(await dataDirectory(options));
  const done = parseReplayed(await askGateway(socket, { command: 'replay', arguments: words }));
  const told = done.answers.length > 0 ? `, its sender is told by ${done.answers.join(', ')}` : '';
  const text = done.state === 'received' ? 'is checked again' : `is rejected${told}`;
  out.write(options.json ? `${JSON.stringify(done)}\n` : `${ticket} ${text}\n`);
  return 0;
}

/** Puts a delivery into its mailbox once more. */
export async function redeliver(delivery: string, options: CommonOptions, out: NodeJS.WritableStream): Promise<0> {
  const socket = controlSocketPath(await dataDirectory(options));
  const done = parseRedelivered(await askGateway(socket, { command: 'redeliver', arguments: [delivery] }));
  out.write(options.json ? `${JSON.stringify(done)}\n` : `${delivery} lies in ${done.folder} again\n`);
  return 0;
}

/** Answers of our own gateway, of this version. */
function parseReplayed(answer: unknown): Replayed {
  return answer as Replayed;
}

function parseRedelivered(answer: unknown): Redelivered {
  return answer as Redelivered;
}
