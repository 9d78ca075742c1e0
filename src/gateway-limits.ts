import { type Buckets, bandwidthIn, type CountsTraffic, TokenBuckets, Traffic } from './access/bandwidth.ts';
import {
  type BusySession,
  type LiveSession,
  LiveSessions,
  type Places,
  type SessionsNow,
} from './access/live-sessions.ts';
import { LoginLimiter, type Penalties, type Penalty } from './access/login-limiter.ts';
import type { FactorLimiter } from './access/second-factor.ts';
import { type Strangers, WaitingRoom } from './access/waiting-room.ts';
import type { Audit } from './audit/audit.ts';
import type { Clock } from './domain/clock.ts';
import type { Current } from './domain/current.ts';
import { GatewayError } from './domain/errors.ts';
import type { Generation, Limits, Listener } from './domain/generation.ts';
import type { Metrics } from './domain/logger.ts';

export type LimitParts = {
  readonly generation: Current<Generation>;
  readonly audit: Audit;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly usage: CountsTraffic;
};

/** What all listeners share, wherever it is held: who waits, who is inside, and the limits of today. */
export type ListenerLimits = {
  readonly limits: Current<Limits>;
  readonly limiter: Penalties & FactorLimiter;
  readonly live: Places;
  readonly traffic: Pick<Traffic, 'pass'>;
  readonly clock: Clock;
  /** Where strangers of this listener wait. */
  readonly strangersOf: (id: number, listener: Current<Listener>) => Strangers;
};

/** The same where it is held. */
export type SharedLimits = ListenerLimits & {
  readonly limiter: LoginLimiter;
  readonly live: LiveSessions;
  readonly metrics: Metrics;
  readonly buckets: Buckets;
};

export function sharedLimits({ generation, audit, metrics, clock, usage }: LimitParts): SharedLimits {
  const limits = {
    get value() {
      return generation.value.limits;
    },
  };
  const onPenalty = ({ kind, key, failures, seconds }: Penalty) => {
    metrics.count('sluis_login_penalties_total', { of: kind });
    audit.note({ kind: 'penalty', outcome: 'refused', fields: { of: kind, [kind]: key, failures, seconds } });
  };
  const limiter = new LoginLimiter({ limits, clock, onPenalty });
  const strangersOf = (_id: number, listener: Current<Listener>) => {
    const protocol = listener.value.protocol === 'https' ? 'webdav' : 'sftp';
    return new WaitingRoom({ listener, protocol, limits, limiter, clock, metrics, audit });
  };
  const bandwidthOf = bandwidthIn(generation);
  const buckets = new TokenBuckets({ bandwidthOf, clock });
  const traffic = new Traffic(bandwidthOf, buckets, usage);
  return { limits, limiter, live: new LiveSessions({ limits, clock }), traffic, buckets, metrics, clock, strangersOf };
}

/** Counted when somebody looks, not at every coming and going. */
export function countSessions({ live, metrics }: Pick<SharedLimits, 'live' | 'metrics'>): void {
  const sessions = live.list();
  for (const protocol of ['webdav', 'sftp']) {
    const count = sessions.filter((one) => one.protocol === protocol).length;
    metrics.gauge('sluis_live_sessions', count, { protocol });
  }
}

/** `sessions list` and `sessions cut <id>`. @throws GatewayError `not-found`, `bad-request` */
export async function answerSessions(
  live: LiveSessions,
  sessionsNow: () => Promise<readonly SessionsNow[]>,
  [word, id]: readonly string[],
): Promise<unknown> {
  if (word === 'list') return busySessions(live.list(), await sessionsNow());
  if (word !== 'cut' || id === undefined) throw new GatewayError('bad-request', 'sessions list, or sessions cut <id>');
  if (!live.cut(id)) throw new GatewayError('not-found', `there is no session ${id}; "sluis sessions list" shows them`);
  return { cut: id };
}

/** What passed on a connection is counted where it is held: of the owner's counts of a worker's connection none has grown. */
function busySessions(sessions: readonly LiveSession[], sessionsNow: readonly SessionsNow[]): readonly BusySession[] {
  const all = sessionsNow.flatMap(({ transfers }) => transfers);
  const bytes = new Map(sessionsNow.flatMap((one) => one.bytes).map((one) => [one.session, one]));
  return sessions.map((session) => {
    const { bytesIn = 0, bytesOut = 0 } = bytes.get(session.id) ?? {};
    const own = all.filter((one) => one.session === session.id);
    const transfers = own.map(({ direction, path, bytes: moved }) => ({ direction, path, bytes: moved }));
    return { ...session, bytesIn, bytesOut, transfers };
  });
}
