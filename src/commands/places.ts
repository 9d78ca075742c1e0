import { join } from 'node:path';
import { loadConfiguration } from '../config/load.ts';
import { GatewayError } from '../domain/errors.ts';

/** Options that every command takes. */
export type CommonOptions = {
  readonly config: string;
  readonly data: string | undefined;
  readonly portOffset: number;
  readonly json: boolean;
};

/** The folder of live state: as asked, else as the configuration says. @throws GatewayError `bad-request` */
export async function dataDirectory(options: Pick<CommonOptions, 'config' | 'data'>): Promise<string> {
  if (options.data !== undefined) return options.data;
  const loaded = await loadConfiguration(options.config, { keyFiles: 'may-be-absent' });
  if (loaded.ok) return loaded.settings.dataDirectory;
  throw new GatewayError(
    'bad-request',
    'the configuration has problems ("sluis check" lists them); or name the folder by --data',
  );
}

export function controlSocketPath(data: string): string {
  return join(data, 'control.sock');
}
