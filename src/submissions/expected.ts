import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import {
  type Expectation,
  type ExpectedFile,
  filled,
  instantOf,
  localDay,
  occurrences,
} from '../domain/expectation.ts';
import type { Flow } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import { type IsoDate, parseDate } from '../domain/period.ts';
import type { Authorizer, PartnerId } from '../domain/principal.ts';
import type { Submission } from '../domain/submission.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { Asker } from './desk.ts';
import { type SerialGap, serialGaps } from './serial-gaps.ts';
import { type Viewer, viewersOf } from './viewer.ts';
import type { Words } from './words.ts';

/** One file that is due, and what became of it. */
export type DueFile = {
  readonly flow: string;
  readonly flowName: string;
  readonly partner: string;
  readonly day: string;
  readonly state: ExpectedFile['state'];
  readonly dueAt: string;
  readonly files: readonly string[];
};

/** What needs somebody of the partner. */
export type PartnerAlarm = { readonly since: string; readonly kind: string; readonly text: string };

export type ExpectedMonth = {
  readonly month: string;
  readonly items: readonly DueFile[];
  readonly serialGaps: readonly SerialGap[];
  readonly alarms: readonly PartnerAlarm[];
};

export type ExpectedParts = {
  readonly ledger: Pick<Ledger, 'read'>;
  readonly authorizer: Authorizer;
  readonly generation: Current<Generation>;
  readonly clock: Pick<Clock, 'now'>;
  readonly words: Words;
};

const DAY_MS = 86_400_000;
/** Files of a quarter count for it from its first day on. */
const LONGEST_PERIOD_MS = 100 * DAY_MS;
const MOST_SUBMISSIONS = 5_000;
const MOST_ALARMS = 100;
/** What is not answered by then is told. */
const LONG_MS = 3_600_000;

/** What partners' people see of files that are due, of gaps, and of what waits. */
export class ExpectedDesk {
  readonly #parts: ExpectedParts;

  constructor(parts: ExpectedParts) {
    this.#parts = parts;
  }

  /** @param month `YYYY-MM`; the one it is where it is left out */
  async month(asker: Asker, month = localDay(this.#parts.clock.now()).slice(0, 7)): Promise<ExpectedMonth> {
    const viewers = viewersOf(this.#parts.generation.value, this.#parts.authorizer, asker.session);
    const { from, to } = stretchOf(month);
    const items: DueFile[] = [];
    const gaps: SerialGap[] = [];
    const alarms: PartnerAlarm[] = [];
    for (const viewer of viewers) {
      items.push(...(await this.#due(viewer, from, to)));
      gaps.push(...(await this.#gaps(viewer, from, to)));
      alarms.push(...(await this.#alarms(asker, viewer)));
    }
    return {
      month,
      items: items.toSorted((one, other) => (one.dueAt < other.dueAt ? -1 : 1)),
      serialGaps: gaps,
      alarms: alarms.toSorted((one, other) => (one.since < other.since ? -1 : 1)).slice(0, MOST_ALARMS),
    };
  }

  async #due({ partner, flows }: Viewer, from: number, to: number): Promise<readonly DueFile[]> {
    const { ledger, generation, clock } = this.#parts;
    const found: DueFile[] = [];
    for (const flow of generation.value.flows.filter(({ code }) => flows.includes(code))) {
      for (const expectation of expectedOf(flow, partner.id)) {
        const files = await expectedFiles(ledger, flow, expectation, { from, to, now: clock.now() });
        found.push(
          ...files.map(({ day, state, dueAt, files: tickets }) => ({
            ...{ flow: flow.code, flowName: flow.title, partner: partner.id, day, state, files: tickets },
            dueAt: new Date(dueAt).toISOString(),
          })),
        );
      }
    }
    return found;
  }

  async #gaps({ partner, flows }: Viewer, from: number, to: number): Promise<readonly SerialGap[]> {
    const found: SerialGap[] = [];
    for (const flow of partner.sends.filter((code) => flows.includes(code))) {
      for (const environment of ['R', 'T'] as const) {
        const where = { partner: partner.id, flow, environment, from, to, limit: MOST_SUBMISSIONS };
        found.push(...serialGaps(await this.#parts.ledger.read({ kind: 'submissionsIn', ...where })));
      }
    }
    return found;
  }

  async #alarms({ language }: Asker, viewer: Viewer): Promise<readonly PartnerAlarm[]> {
    const { ledger, clock, words } = this.#parts;
    const { partner, flows } = viewer;
    const now = clock.now();
    const alarm = (kind: string, since: number, detail: string): PartnerAlarm => ({
      since: new Date(since).toISOString(),
      kind,
      text: words.textOf(`alarm-${kind}`, language, detail),
    });
    const waiting = await ledger.read({ kind: 'unanswered', partner: partner.id, limit: MOST_ALARMS });
    const overdue = await ledger.read({ kind: 'overdueOf', partner: partner.id, limit: MOST_ALARMS });
    const missing = (await this.#due(viewer, now - LONGEST_PERIOD_MS, now)).filter(({ state }) => state === 'missing');
    const latest = new Map(missing.map((one) => [one.flow, one]));
    return [
      ...waiting
        .filter(({ flow, state, receivedAt }) => flows.includes(flow) && isLong(state, receivedAt, now))
        .map(({ state, receivedAt, fileName, ticket }) =>
          alarm(state === 'quarantined' ? 'quarantined' : 'unanswered', receivedAt, `${fileName}, ${ticket}`),
        ),
      ...overdue
        .filter(({ flow }) => flows.includes(flow))
        .map(({ as, since, batch, count }) =>
          alarm(as === 'asker' ? 'answers-awaited' : 'answers-owed', since, `${batch}: ${count}`),
        ),
      ...[...latest.values()].map(({ flow, day, dueAt }) =>
        alarm('expected-missing', Date.parse(dueAt), `${flow}, ${day}`),
      ),
    ];
  }
}

function isLong(state: Submission['state'], receivedAt: number, now: number): boolean {
  return state === 'quarantined' || now - receivedAt > LONG_MS;
}

export function expectedOf({ expected = [] }: Flow, partner: PartnerId): readonly Expectation[] {
  return expected.filter(({ from }) => from === partner);
}

/** The key under which it is known since when a file is expected: what was due before that is nobody's fault. */
export function sinceKey({ code }: Flow, { from, every }: Expectation): string {
  return `expected-since/${code}/${from}/${every}`;
}

/** The files of one expectation that are due in a stretch of time, from the day on that the hub knows of it. */
export async function expectedFiles(
  ledger: Pick<Ledger, 'read'>,
  flow: Flow,
  expectation: Expectation,
  { from, to, now }: { readonly from: number; readonly to: number; readonly now: number },
): Promise<readonly ExpectedFile[]> {
  const key = sinceKey(flow, expectation);
  const since = (await ledger.read({ kind: 'raised', keys: [key] })).get(key) ?? now;
  const times = occurrences(expectation, Math.max(from, since), to);
  const [first] = times;
  if (first === undefined) return [];
  const where = { partner: expectation.from, flow: flow.code, environment: 'R', limit: MOST_SUBMISSIONS } as const;
  const end = Math.max(...times.map(({ missingAt }) => missingAt)) + DAY_MS;
  const came = await ledger.read({ kind: 'submissionsIn', ...where, from: first.opensAt, to: end });
  return filled(times, came.filter(wasTaken), now);
}

/** What was refused as a whole, or taken back, is not the file that was expected. */
function wasTaken({ state }: Submission): boolean {
  return state !== 'rejected' && state !== 'cancelled';
}

function stretchOf(month: string): { readonly from: number; readonly to: number } {
  const first = parseDate(`${month}-01`) ?? ('1970-01-01' as IsoDate);
  const [year, number] = [Number(first.slice(0, 4)), Number(first.slice(5, 7))];
  const next = `${number === 12 ? year + 1 : year}-${String((number % 12) + 1).padStart(2, '0')}-01` as IsoDate;
  return { from: instantOf(first, '00:00'), to: instantOf(next, '00:00') };
}
