import type { Clock } from '../domain/clock.ts';
import type { Logger, Metrics } from '../domain/logger.ts';
import type { Direction } from '../domain/partner.ts';
import { dateOf, type IsoDate } from '../domain/period.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { TrafficRow } from '../storage/traffic-commands.ts';
import type { CountsTraffic } from './bandwidth.ts';

/** What a kill may lose of the report. */
const FLUSH_MS = 5_000;
const MS_PER_DAY = 86_400_000;
/** Two years and a little: the report of a year can be compared with the one before. */
const KEPT_DAYS = 800;

type Parts = {
  readonly ledger: Pick<Ledger, 'commit'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'count'>;
};

/** Counts the bytes of each partner, direction and day in memory, and writes them to the ledger now and then. */
export class UsageCounter implements CountsTraffic {
  readonly #parts: Parts;
  #rows = new Map<string, { -readonly [Key in keyof TrafficRow]: TrafficRow[Key] }>();
  #timer: NodeJS.Timeout | undefined;
  /** The day, and when it ends: asked for every piece of every file. */
  #today: { readonly day: IsoDate; readonly until: number } = { day: dateOf(0), until: 0 };

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS);
    this.#timer.unref();
  }

  add(partner: PartnerId, direction: Direction, bytes: number): void {
    const day = this.#day();
    const key = `${day} ${partner}`;
    const row = this.#rows.get(key) ?? { partner, day, bytesIn: 0, bytesOut: 0 };
    if (direction === 'in') row.bytesIn += bytes;
    else row.bytesOut += bytes;
    this.#rows.set(key, row);
  }

  /** Makes what was counted so far durable. */
  async flush(): Promise<void> {
    const rows = [...this.#rows.values()];
    if (rows.length === 0) return;
    this.#rows = new Map();
    const forgetBefore = dateOf(this.#parts.clock.now() - KEPT_DAYS * MS_PER_DAY);
    try {
      await this.#parts.ledger.commit([{ kind: 'countTraffic', rows, forgetBefore }]);
      for (const { partner, bytesIn, bytesOut } of rows) {
        this.#parts.metrics.count('sluis_partner_bytes_total', { partner, direction: 'in' }, bytesIn);
        this.#parts.metrics.count('sluis_partner_bytes_total', { partner, direction: 'out' }, bytesOut);
      }
    } catch (error) {
      this.#parts.logger.warn({ err: error }, 'bytes of partners could not be counted');
      for (const { partner, day, bytesIn, bytesOut } of rows) {
        const row = this.#rows.get(`${day} ${partner}`) ?? { partner, day, bytesIn: 0, bytesOut: 0 };
        row.bytesIn += bytesIn;
        row.bytesOut += bytesOut;
        this.#rows.set(`${day} ${partner}`, row);
      }
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  #day(): IsoDate {
    const now = this.#parts.clock.now();
    if (now < this.#today.until && now >= this.#today.until - MS_PER_DAY) return this.#today.day;
    this.#today = { day: dateOf(now), until: (Math.floor(now / MS_PER_DAY) + 1) * MS_PER_DAY };
    return this.#today.day;
  }
}
