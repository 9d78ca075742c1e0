import type { Clock } from '../domain/clock.ts';
import { crashPoint } from '../domain/crash-point.ts';
import type { Current } from '../domain/current.ts';
import type { Delivery } from '../domain/delivery.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Generation } from '../domain/generation.ts';
import type { Logger } from '../domain/logger.ts';
import { childOf } from '../domain/vpath.ts';
import { deliveryWatch } from '../pipeline/delivery-watcher.ts';
import type { LedgerCommand } from '../storage/commands.ts';
import type { ContentStore } from '../storage/content-store.ts';
import type { Ledger } from '../storage/ledger.ts';

type Parts = {
  readonly store: Pick<ContentStore, 'read'>;
  readonly ledger: Ledger;
  readonly generation: Current<Generation>;
  readonly clock: Clock;
  readonly logger: Logger;
};

export type Redelivered = { readonly delivery: string; readonly folder: string; readonly files: readonly string[] };

/**
 * Puts a delivery into its mailbox once more, under its own number and with its own signatures, as long as the hub still has
 * its bytes: until its hold ends or it was removed, and some time behind that until they are swept.
 */
export class Redeliveries {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws GatewayError `not-found`, `precondition-failed` where it lies there, its bytes are gone, or its receiver is */
  async again(id: string, systemUser: string): Promise<Redelivered> {
    const { ledger, clock, logger } = this.#parts;
    const delivery = await ledger.read({ kind: 'delivery', id });
    if (delivery === undefined)
      throw new GatewayError('not-found', `no delivery is called ${id}; "sluis trace" names them`);
    if (delivery.state === 'delivered') {
      throw new GatewayError('precondition-failed', `${id} lies in ${delivery.folder} and was not picked up yet`);
    }
    const flow = this.#flowOf(delivery);
    await this.#mustBeKept(delivery);
    const at = clock.now();
    const { ticket, receiver, sequence, state, files } = delivery;
    const fields = { delivery: id, ticket, receiver, flow: delivery.flow, sequence, was: state, systemUser };
    await ledger.commit([
      ...(await this.#placed(delivery, at)),
      { kind: 'redeliver', id, from: state, at },
      deliveryWatch(flow, id, at),
      { kind: 'audit', line: { kind: 'redelivery', outcome: 'done', fields } },
    ]);
    crashPoint('redeliver.after-commit');
    logger.info(fields, 'a delivery was placed again');
    return { delivery: id, folder: delivery.folder, files: files.map(({ name }) => name) };
  }

  #flowOf({ flow: code, receiver }: Delivery) {
    const { flows, partners } = this.#parts.generation.value;
    const flow = flows.find((one) => one.code === code);
    const isThere = partners.some(({ id, disabled }) => id === receiver && !disabled);
    if (flow !== undefined && isThere) return flow;
    const what = flow === undefined ? `flow ${code}` : `partner ${receiver}`;
    throw new GatewayError('precondition-failed', `${what} is not in force, so nothing is delivered`);
  }

  /** Names that are still there stay as they are. */
  async #placed({ folder, files }: Delivery, at: number): Promise<readonly LedgerCommand[]> {
    const contentIds = files.map(({ contentId }) => contentId);
    const names = await this.#parts.ledger.read({ kind: 'namesOf', contentIds });
    const lost = files.filter(({ contentId }) => !names.some((name) => name.contentId === contentId));
    return lost.map(({ name, contentId, size, sha256 }) => ({
      ...{ kind: 'publish', path: childOf(folder, name), content: { contentId, size, sha256 } },
      ...{ expect: 'absent', parentMustExist: false, at },
    }));
  }

  /** @throws GatewayError `precondition-failed` where any of its bytes were swept */
  async #mustBeKept({ id, files }: Delivery): Promise<void> {
    for (const { contentId, size } of files) {
      if (size === 0) continue;
      try {
        for await (const _ of this.#parts.store.read({ contentId }, { start: 0, end: 1 })) break;
      } catch (cause) {
        const message = `the hub keeps the content of ${id} no more; ask its sender to hand the file in again`;
        throw new GatewayError('precondition-failed', message, { cause });
      }
    }
  }
}
