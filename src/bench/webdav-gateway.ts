import type { DavServer } from './dav-server.ts';
import { type BenchGatewayOptions, startBenchGateway } from './gateway-process.ts';

export const GATEWAY = 'sluis';

/** The gateway as one of the servers that are compared: its folder is `/SHARED/work`, which no pipeline watches. */
export async function gatewayServer(
  edit: (name: string, text: string) => string,
  options: BenchGatewayOptions = {},
): Promise<DavServer & { readonly certificates: string }> {
  const { https, pid, certificates, stop } = await startBenchGateway(edit, options);
  const base = '/files/SHARED/work';
  return { name: GATEWAY, port: https, base, listings: base, pid, certificates, stop };
}
