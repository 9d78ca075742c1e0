import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Sector } from '../domain/partner.ts';
import { REVOCATIONS } from '../pki/local-revocation.ts';

/** Options that every command takes. */
export type CommonOptions = {
  readonly config: string;
  readonly data: string | undefined;
  readonly portOffset: number;
  readonly json: boolean;
};

/** The folder of live state: as asked, else as the configuration says. @throws GatewayError `bad-request` */
export async function dataDirectory(options: Pick<CommonOptions, 'config' | 'data'>): Promise<string> {
  return options.data ?? (await soundSettings(options.config)).data.directory;
}

/** The sectors a person line may name. @throws GatewayError `bad-request` */
export async function sectorsOf(config: string): Promise<readonly Sector[]> {
  return (await soundSettings(config)).generation.sectors;
}

/** The configuration, for a command that needs all of it. @throws GatewayError `bad-request` */
export async function soundSettings(config: string): Promise<Settings> {
  const { loadConfiguration } = await import('../config/load.ts'); // not for who only asks the gateway
  const loaded = await loadConfiguration(config, { keyFiles: 'may-be-absent' });
  if (loaded.ok) return loaded.settings;
  throw new GatewayError('bad-request', 'the configuration has problems; "sluis check" lists them');
}

/** What was revoked here: `sluis cert revoke` appends, the gateway reads. */
export function revocationsFile(data: string): string {
  return join(data, REVOCATIONS);
}

export function controlSocketPath(data: string): string {
  return join(data, 'control.sock');
}
