import {
  type Aggregator,
  AggregatorRegistry,
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  Registry,
} from 'prom-client';
import type { Metrics } from '../domain/logger.ts';

type Kind = 'counter' | 'gauge' | 'histogram';
type Definition = {
  readonly kind: Kind;
  readonly help: string;
  readonly labels: readonly string[];
  /** How the values of several processes become one; the sum where nothing stands. */
  readonly together?: Aggregator;
};

/** The metrics of one process, as prom-client writes them down for another. */
export type MetricsOfProcess = readonly object[];

/** Every metric of the gateway; a name that is not here can not be counted. */
const DEFINITIONS = {
  sluis_work_failures_total: { kind: 'counter', help: 'Jobs that failed and were given back', labels: ['queue'] },
  sluis_work_seconds: { kind: 'histogram', help: 'Time of one job', labels: ['queue'] },
  sluis_submissions_total: { kind: 'counter', help: 'Submissions by their last state', labels: ['flow', 'state'] },
  sluis_records_total: { kind: 'counter', help: 'Records by outcome', labels: ['flow', 'outcome'] },
  sluis_deliveries_total: { kind: 'counter', help: 'Deliveries placed in mailboxes', labels: ['flow'] },
  sluis_unknown_persons_alarms_total: {
    kind: 'counter',
    help: 'Times a partner had too many records refused for persons it does not know.',
    labels: ['partner', 'window'],
  },
  sluis_deliveries_expired_total: {
    kind: 'counter',
    help: 'Deliveries that nobody picked up before their time was over',
    labels: ['flow'],
  },
  sluis_questions_missed_total: {
    kind: 'counter',
    help: 'Questions whose answer was overdue, or that were closed without one',
    labels: ['flow', 'subject'],
  },
  sluis_questions_overdue: { kind: 'gauge', help: 'Open questions whose answer is overdue', labels: [] },
  sluis_queue_length: { kind: 'gauge', help: 'Jobs that wait or run', labels: ['queue'] },
  sluis_signatures_held: { kind: 'gauge', help: 'Sets that wait for word of revocation', labels: [] },
  sluis_configuration_problems: {
    kind: 'gauge',
    help: 'Problems of the newest configuration; 0 when it is in force',
    labels: [],
  },
  sluis_login_penalties_total: { kind: 'counter', help: 'Penalties that began', labels: ['of'] },
  sluis_connections_dropped_total: {
    kind: 'counter',
    help: 'Connections ended before login for want of a place',
    labels: ['protocol', 'reason'],
  },
  sluis_partner_bytes_total: {
    kind: 'counter',
    help: 'Bytes that partners sent and got, written down every few seconds',
    labels: ['partner', 'direction'],
  },
  sluis_live_sessions: { kind: 'gauge', help: 'Connections that are logged in', labels: ['protocol'] },
  sluis_revocation_age_ratio: {
    kind: 'gauge',
    help: 'Share of its life that what is known of revocation has behind it; 1 and more is too old',
    labels: ['issuer', 'source'],
    together: 'max',
  },
  sluis_drop_refused_total: { kind: 'counter', help: 'Files in drop folders that were not taken', labels: ['reason'] },
} as const satisfies Record<string, Definition>;

/** Metrics in the Prometheus text format. */
export class PrometheusMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #histograms = new Map<string, Histogram>();

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    for (const [name, definition] of Object.entries<Definition>(DEFINITIONS)) {
      const { kind, help, labels, together = 'sum' } = definition;
      const options = { name, help, labelNames: [...labels], registers: [this.#registry], aggregator: together };
      if (kind === 'counter') this.#counters.set(name, new Counter(options));
      else if (kind === 'gauge') this.#gauges.set(name, new Gauge(options));
      else this.#histograms.set(name, new Histogram(options));
    }
  }

  count(name: string, labels: Readonly<Record<string, string>> = {}, by = 1): void {
    this.#counters.get(name)?.inc({ ...labels }, by);
  }

  observe(name: string, seconds: number, labels: Readonly<Record<string, string>> = {}): void {
    this.#histograms.get(name)?.observe({ ...labels }, seconds);
  }

  gauge(name: string, value: number, labels: Readonly<Record<string, string>> = {}): void {
    this.#gauges.get(name)?.set({ ...labels }, value);
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** What another process adds to its own. */
  json(): Promise<MetricsOfProcess> {
    return this.#registry.getMetricsAsJSON();
  }

  /** As `text`, of this process and others together. */
  async textWith(others: readonly MetricsOfProcess[]): Promise<string> {
    const all = [await this.json(), ...others];
    return AggregatorRegistry.aggregate(all.map((one) => [...one])).metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}
