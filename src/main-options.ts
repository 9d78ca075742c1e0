import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, InvalidArgumentError } from 'commander';

export const ROOT_FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** Exit status: 0 done, 1 a finding or a refused input, 2 wrong usage, 3 the machine failed. */
export type ExitStatus = 0 | 1 | 2 | 3;

/** Takes the exit status of the command that ran. */
export type Finish = (status: ExitStatus) => void;

type Common = {
  readonly config: string;
  readonly data: string | undefined;
  readonly portOffset: number;
  readonly json: boolean;
};

export function withPlaces(command: Command): Command {
  return command
    .option('--config <directory>', 'where the configuration stands', resolve(ROOT_FOLDER, 'config'))
    .option('--data <directory>', 'where state is kept (default: as gateway.yaml says)')
    .option('--port-offset <number>', 'added to every port', parseOffset, 0)
    .option('--json', 'as JSON');
}

export function common(options: Record<string, unknown>): Common {
  return {
    config: resolve(String(options.config)),
    data: typeof options.data === 'string' ? resolve(options.data) : undefined,
    portOffset: Number(options.portOffset),
    json: options.json === true,
  };
}

export function parseOffset(value: string): number {
  const offset = Number(value);
  if (!Number.isInteger(offset) || offset < 0 || offset > 50_000)
    throw new InvalidArgumentError('a whole number from 0 to 50000');
  return offset;
}

export function parseCount(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('a whole number from 1 on');
  return count;
}

export function parseEnvironment(value: string): 'R' | 'T' {
  if (value !== 'R' && value !== 'T') throw new InvalidArgumentError('R or T');
  return value;
}
