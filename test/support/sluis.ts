import { join } from 'node:path';
import { type Ended, runClient } from './clients.ts';
import type { RunningGateway } from './gateway.ts';

const SLUIS = join(import.meta.dirname, '../../src/sluis.js');

/** The command `sluis` with the folders of a gateway. */
export function sluis({ config, data }: RunningGateway, ...words: readonly string[]): Promise<Ended> {
  return runClient(process.execPath, [SLUIS, ...words, '--config', config, '--data', data]);
}
