import type { Clock } from '../domain/clock.ts';
import { crashPoint } from '../domain/crash-point.ts';
import type { Current } from '../domain/current.ts';
import type { Delivery } from '../domain/delivery.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Flow } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import type { Logger, Metrics } from '../domain/logger.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { NoticeFacts, NoticeSubject } from '../evidence/notice.ts';
import type { LedgerCommand } from '../storage/commands.ts';
import type { Lease, Ledger } from '../storage/ledger.ts';
import type { Notices } from './notices.ts';
import { leaseRef } from './submission-commands.ts';

const DAY_MS = 86_400_000;

type Parts = {
  readonly ledger: Ledger;
  readonly notices: Notices;
  readonly generation: Current<Generation>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

/** The job of one delivery in the queue `deliveries`: when it is looked at next, and when its time is over. */
type DeliveryWatch = { readonly id: string; readonly remindAt: readonly number[]; readonly endsAt: number };

/** The watch that begins with a delivery; stands in the commit that places it. */
export function deliveryWatch({ holdDays, remindAfterDays }: Flow, id: string, at: number): LedgerCommand {
  const endsAt = at + holdDays * DAY_MS;
  const remindAt = remindAfterDays.map((days) => at + days * DAY_MS).filter((time) => time < endsAt);
  const payload: DeliveryWatch = { id, remindAt, endsAt };
  return { kind: 'enqueue', queue: 'deliveries', key: id, dueAt: remindAt[0] ?? endsAt, payload };
}

/**
 * Looks at a delivery that lies in its mailbox: its receiver is reminded of one that nobody picked up; when its hold ends, it
 * goes, and if nobody ever picked it up, sender, receiver and hub are told.
 */
export class DeliveryWatcher {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async handle(lease: Lease): Promise<void> {
    const { ledger, clock } = this.#parts;
    const watch = parseWatch(lease.payload);
    const delivery = await ledger.read({ kind: 'delivery', id: watch.id });
    if (delivery === undefined || delivery.state === 'removed' || delivery.state === 'expired') {
      await ledger.commit([{ kind: 'finishLease', ...leaseRef(lease) }]);
      return;
    }
    if (clock.now() >= watch.endsAt) await this.#end(lease, delivery);
    else await this.#remind(lease, watch, delivery);
  }

  async #remind(lease: Lease, { remindAt, ...watch }: DeliveryWatch, delivery: Delivery): Promise<void> {
    const { ledger, clock } = this.#parts;
    const at = clock.now();
    const later = remindAt.filter((time) => time > at);
    const next = { ...watch, remindAt: later } satisfies DeliveryWatch;
    const told = delivery.state === 'delivered' ? await this.#tellReceiver('delivery-waiting', delivery, at) : [];
    await ledger.commit([
      { kind: 'releaseLease', ...leaseRef(lease), dueAt: later[0] ?? watch.endsAt, payload: next },
      ...told,
    ]);
  }

  /** Its names go, and with them its content: the hub keeps none. */
  async #end(lease: Lease, delivery: Delivery): Promise<void> {
    const { ledger, clock, logger, metrics } = this.#parts;
    const at = clock.now();
    const isLost = delivery.state === 'delivered';
    const { id, flow, environment, receiver, ticket, sequence } = delivery;
    const told = isLost
      ? [...(await this.#tellReceiver('delivery-expired', delivery, at)), ...(await this.#tellSender(delivery, at))]
      : [this.#line('delivery-removed', delivery)];
    crashPoint('deliveries.before-commit');
    await ledger.commit([
      { kind: 'finishLease', ...leaseRef(lease) },
      ...(isLost ? [{ kind: 'setDeliveryState', id, to: 'expired', at } as const] : []),
      ...(await this.#removals(delivery)),
      ...told,
    ]);
    if (!isLost) return;
    metrics.count('sluis_deliveries_expired_total', { flow });
    const fields = { ticket, flow, environment, receiver, sequence };
    logger.error({ alarm: 'delivery-expired', ...fields }, 'nobody picked a delivery up before its time was over');
  }

  async #removals({ files }: Delivery): Promise<readonly LedgerCommand[]> {
    const contentIds = files.filter(({ size }) => size > 0).map(({ contentId }) => contentId);
    const names = await this.#parts.ledger.read({ kind: 'namesOf', contentIds });
    return names.map(({ path, version }) => ({ kind: 'remove', path, recursive: false, expect: { version } }));
  }

  async #tellReceiver(subject: NoticeSubject, delivery: Delivery, at: number): Promise<readonly LedgerCommand[]> {
    const { receiver, files, records } = delivery;
    const about = { name: delivery.id, file: files[0]?.name, count: records };
    return [...(await this.#tell(receiver, subject, delivery, at, about)), this.#line(subject, delivery)];
  }

  /** Not who it was, nor how much. */
  async #tellSender(delivery: Delivery, at: number): Promise<readonly LedgerCommand[]> {
    const submission = await this.#parts.ledger.read({ kind: 'submission', ticket: delivery.ticket });
    if (submission === undefined) return [];
    return this.#tell(submission.partner, 'delivery-lost', delivery, at, { name: delivery.ticket });
  }

  #tell(
    to: PartnerId,
    subject: NoticeSubject,
    { ticket, flow, environment }: Delivery,
    createdAt: number,
    about: Pick<NoticeFacts, 'name' | 'file' | 'count'>,
  ): Promise<readonly LedgerCommand[]> {
    return this.#parts.notices.commands(to, { subject, ticket, flow, environment, createdAt, tickets: [], ...about });
  }

  #line(kind: string, { id, ticket, receiver, flow, environment, sequence }: Delivery): LedgerCommand {
    const fields = { delivery: id, ticket, receiver, flow, environment, sequence };
    const outcome = kind === 'delivery-expired' ? 'failed' : 'done';
    return { kind: 'audit', line: { kind, outcome, fields } };
  }
}

/** The payload of a job in the queue `deliveries`, which only this file writes. */
function parseWatch(payload: unknown): DeliveryWatch {
  if (typeof payload !== 'object' || payload === null || !('id' in payload) || !('endsAt' in payload)) {
    throw new GatewayError('broken', 'a job of the queue "deliveries" has no delivery');
  }
  return payload as DeliveryWatch;
}
