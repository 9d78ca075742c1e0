import { askGateway } from '../ops/control-socket.ts';
import type { TrafficRow } from '../storage/traffic-commands.ts';
import { type CommonOptions, controlSocketPath, dataDirectory } from './places.ts';

/** Prints what partners sent and got by day (UTC), the latest first; of one partner or all. */
export async function partnerUsage(
  partner: string | undefined,
  days: string | undefined,
  options: CommonOptions,
  output: { write(text: string): unknown },
): Promise<0> {
  const socket = controlSocketPath(await dataDirectory(options));
  const words = days === undefined ? [] : [days];
  const all = parseUsage(await askGateway(socket, { command: 'usage', arguments: words }));
  const rows = all.filter((row) => partner === undefined || row.partner === partner);
  output.write(options.json ? `${JSON.stringify(rows)}\n` : table(rows));
  return 0;
}

function table(rows: readonly TrafficRow[]): string {
  if (rows.length === 0) return 'nothing was sent or fetched\n';
  return rows
    .map(
      ({ day, partner, bytesIn, bytesOut }) => `${day}  ${partner.padEnd(20)}  in ${bytesIn}  out ${bytesOut} bytes\n`,
    )
    .join('');
}

/** The answer of our own gateway, of this version. */
function parseUsage(answer: unknown): readonly TrafficRow[] {
  return Array.isArray(answer) ? (answer as readonly TrafficRow[]) : [];
}
