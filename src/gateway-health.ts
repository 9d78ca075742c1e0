import type { Audit } from './audit/audit.ts';
import { asGatewayError } from './domain/errors.ts';
import { countSessions, type SharedLimits } from './gateway-limits.ts';
import type { Health } from './ops/health.ts';
import type { Workers } from './processes/workers.ts';
import type { Ledger } from './storage/ledger.ts';

/** What works and what does not; measures what is only known when somebody looks. */
export async function healthOf(
  audit: Audit,
  ledger: Ledger,
  shared: SharedLimits,
  workers: Workers | undefined,
): Promise<Health> {
  const { metrics } = shared;
  countSessions(shared);
  const parts: Record<string, string> = { audit: 'ok', ledger: 'ok' };
  try {
    audit.assertWorking();
  } catch (error) {
    parts.audit = asGatewayError(error).message;
  }
  try {
    for (const queue of ['arrival', 'check', 'questions', 'directory', 'deliveries'] as const) {
      metrics.gauge('sluis_queue_length', await ledger.read({ kind: 'queueLength', queue }), { queue });
    }
    metrics.gauge('sluis_questions_overdue', await ledger.read({ kind: 'overdueQuestions' }));
  } catch (error) {
    parts.ledger = asGatewayError(error).message;
  }
  const own = Object.values(parts).every((part) => part === 'ok');
  if (workers === undefined) return { ok: own, parts };
  // As long as one serves, a balancer in front has no reason to turn away.
  const serving = workers.list().length;
  parts.workers = serving === workers.names.length ? 'ok' : `${serving} of ${workers.names.length} serve`;
  return { ok: own && serving > 0, parts };
}
