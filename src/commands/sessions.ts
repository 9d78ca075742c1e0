import type { BusySession } from '../access/live-sessions.ts';
import { askGateway } from '../ops/control-socket.ts';
import { type CommonOptions, controlSocketPath, dataDirectory } from './places.ts';

/** Prints who is logged in to the running gateway, the oldest connection first. */
export async function sessionsList(options: CommonOptions): Promise<0> {
  const answer = await ask(options, ['list']);
  process.stdout.write(options.json ? `${JSON.stringify(answer)}\n` : table(parseSessions(answer)));
  return 0;
}

/** Closes one connection. Who was cut may connect again; to keep an account out, disable it. */
export async function sessionsCut(id: string, options: CommonOptions): Promise<0> {
  const answer = await ask(options, ['cut', id]);
  process.stdout.write(options.json ? `${JSON.stringify(answer)}\n` : `cut ${id}\n`);
  return 0;
}

/** Takes level 2 from a certificate at every address; its open connections fall back to level 1 within seconds. */
export async function sessionsEndStepUp(fingerprint: string, options: CommonOptions): Promise<0> {
  const answer = await ask(options, ['end-step-up', fingerprint]);
  process.stdout.write(options.json ? `${JSON.stringify(answer)}\n` : `ended the step-up of ${fingerprint}\n`);
  return 0;
}

async function ask(options: CommonOptions, words: readonly string[]): Promise<unknown> {
  const socket = controlSocketPath(await dataDirectory(options));
  return askGateway(socket, { command: 'sessions', arguments: words });
}

function table(sessions: readonly BusySession[]): string {
  if (sessions.length === 0) return 'nobody is logged in\n';
  return sessions
    .flatMap(({ id, since, principal, protocol, accessMethod, address, level, process, transfers, ...moved }) => [
      [
        ...[id, since, principal.padEnd(24), protocol.padEnd(7), accessMethod, address, `level ${level}`, process],
        `in ${moved.bytesIn} bytes, out ${moved.bytesOut} bytes`,
      ].join('  '),
      ...transfers.map(({ direction, path, bytes }) => `    ${direction.padEnd(3)}  ${bytes} bytes  ${path}`),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

/** The answer of our own gateway, of this version. */
function parseSessions(answer: unknown): readonly BusySession[] {
  return Array.isArray(answer) ? (answer as readonly BusySession[]) : [];
}
