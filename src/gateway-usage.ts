import type { UsageCounter } from './access/usage-counter.ts';
import type { Clock } from './domain/clock.ts';
import { GatewayError } from './domain/errors.ts';
import { dateOf } from './domain/period.ts';
import type { Ledger } from './storage/ledger.ts';
import type { TrafficRow } from './storage/traffic-commands.ts';

const MS_PER_DAY = 86_400_000;
const MAX_DAYS = 800;
const MAX_ROWS = 100_000;

type Parts = {
  readonly ledger: Pick<Ledger, 'read'>;
  readonly usage: Pick<UsageCounter, 'flush'>;
  readonly clock: Pick<Clock, 'now'>;
};

/** What each partner sent and got on each of the last days. @throws GatewayError `bad-request` */
export async function answerUsage(
  { ledger, usage, clock }: Parts,
  [days = '31']: readonly string[],
): Promise<readonly TrafficRow[]> {
  const count = /^\d{1,3}$/.test(days) ? Number(days) : 0;
  if (count < 1 || count > MAX_DAYS) throw new GatewayError('bad-request', `--days is a number from 1 to ${MAX_DAYS}`);
  await usage.flush();
  return ledger.read({ kind: 'traffic', from: dateOf(clock.now() - (count - 1) * MS_PER_DAY), limit: MAX_ROWS });
}
