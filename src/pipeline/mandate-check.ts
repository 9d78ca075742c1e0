import type { LayoutVersion } from '../domain/flow.ts';
import { isKbo } from '../domain/kbo.ts';
import { type MandateSnapshot, mayHandIn } from '../domain/mandate.ts';
import { dateOf } from '../domain/period.ts';
import { isPresent } from '../formats/field-types.ts';
import type { RecordFault, Value } from '../formats/record-format.ts';
import { NOT_AUTHORIZED } from './authorize.ts';
import type { BatchTask } from './batch.ts';

/** Employers of one batch whose answer is kept; what is forgotten is looked up again. */
const MOST_REMEMBERED = 200_000;

/**
 * Whether the sender may hand in for the employer a record names: it is that employer, or has a mandate for this flow on the
 * day of receipt. A flow whose records name no employer asks for none.
 */
export class MandateCheck {
  readonly #task: BatchTask;
  readonly #mandates: MandateSnapshot;
  readonly #field: string;
  readonly #position: number | undefined;
  readonly #found = new Map<string, boolean>();

  constructor(task: BatchTask, layout: LayoutVersion, mandates: MandateSnapshot) {
    this.#task = task;
    this.#mandates = mandates;
    this.#field = layout.roles.employer ?? '';
    const position = layout.fields.findIndex(({ name }) => name === this.#field);
    this.#position = position < 0 ? undefined : position;
  }

  refusal(values: readonly Value[]): RecordFault | undefined {
    if (this.#position === undefined) return undefined;
    const employer = values[this.#position];
    const isFor = isPresent(employer) && this.#mayHandInFor(employer);
    return isFor ? undefined : { field: this.#field, code: NOT_AUTHORIZED, severity: 'fatal' };
  }

  #mayHandInFor(employer: string): boolean {
    const known = this.#found.get(employer);
    if (known !== undefined) return known;
    const may = this.#lookup(employer);
    if (this.#found.size >= MOST_REMEMBERED) this.#found.clear();
    this.#found.set(employer, may);
    return may;
  }

  #lookup(employer: string): boolean {
    const { sender, flow, receivedAt } = this.#task;
    if (employer === sender.kbo) return true;
    if (sender.kbo === undefined || !isKbo(sender.kbo) || !isKbo(employer)) return false;
    return mayHandIn(this.#mandates.lookup(sender.kbo, employer), flow.code, dateOf(receivedAt));
  }
}
