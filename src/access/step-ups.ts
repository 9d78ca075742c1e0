import type { Clock } from '../domain/clock.ts';
import { type Principal, principalName } from '../domain/principal.ts';
import type { LedgerCommand, StepUpKey, StepUpRow } from '../storage/commands.ts';
import type { Ledger } from '../storage/ledger.ts';

const SEPARATOR = ' '; // stands in no fingerprint and no address

export type StepUpParts = {
  readonly ledger: Pick<Ledger, 'commit' | 'read'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Told what there is after each change. */
  readonly onChange?: ((rows: readonly StepUpRow[]) => void) | undefined;
};

/** What those who serve ask about level 2; another process writes it down. */
export type StepUpDesk = Pick<StepUps, 'until' | 'grant' | 'version'>;

/** The grants as they were last read, and when they end. */
export class StepUpTable {
  readonly #clock: Pick<Clock, 'now'>;
  #rows: ReadonlyMap<string, StepUpRow> = new Map();
  #version = 0;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  get rows(): readonly StepUpRow[] {
    return [...this.#rows.values()];
  }

  replace(rows: readonly StepUpRow[]): void {
    this.#rows = new Map(rows.map((row) => [keyOf(row), row]));
    this.#version += 1;
  }

  /** Changes whenever a grant begins or ends, by itself too: then open connections are to be admitted anew. */
  get version(): number {
    const now = this.#clock.now();
    const live = [...this.#rows].filter(([, row]) => row.until > now);
    if (live.length < this.#rows.size) {
      this.#rows = new Map(live);
      this.#version += 1;
    }
    return this.#version;
  }

  /** When the grant ends that this principal holds by this certificate at this address. */
  until(key: StepUpKey, principal: Principal): number | undefined {
    const row = this.#rows.get(keyOf(key));
    if (row === undefined || row.principal !== principalName(principal)) return undefined;
    return row.until > this.#clock.now() ? row.until : undefined;
  }
}

/**
 * Which certificates are at level 2, from which address, until when. The ledger holds them, so that a restart ends none;
 * what stands here is what was last read of it, and nobody else writes them.
 */
export class StepUps {
  readonly #parts: StepUpParts;
  readonly #table: StepUpTable;

  private constructor(parts: StepUpParts) {
    this.#parts = parts;
    this.#table = new StepUpTable(parts.clock);
  }

  static async open(parts: StepUpParts): Promise<StepUps> {
    const stepUps = new StepUps(parts);
    await stepUps.#reload();
    return stepUps;
  }

  get rows(): readonly StepUpRow[] {
    return this.#table.rows;
  }

  /** As `StepUpTable`. */
  get version(): number {
    return this.#table.version;
  }

  /** As `StepUpTable`. */
  until(key: StepUpKey, principal: Principal): number | undefined {
    return this.#table.until(key, principal);
  }

  /**
   * Opens level 2, together with what must be true and written down for it.
   * @returns when it ends @throws GatewayError of the first of `conditions` that fails
   */
  async grant(
    key: StepUpKey,
    principal: Principal,
    forMs: number,
    conditions: readonly LedgerCommand[],
  ): Promise<number> {
    const { fingerprint, address } = key;
    const grant = { kind: 'grantStepUp', fingerprint, address, principal: principalName(principal), forMs } as const;
    await this.#parts.ledger.commit([...conditions, grant]);
    await this.#reload();
    return this.#table.until(key, principal) ?? this.#parts.clock.now();
  }

  /** Ends what a certificate holds, at every address. @returns how many grants that were */
  async end(fingerprint: string, why: string): Promise<number> {
    return this.#end(
      this.#table.rows.filter((row) => row.fingerprint === fingerprint),
      why,
    );
  }

  /** Ends the grants of everybody for whom `mayKeep` is not true; a principal is named as in `anna@ksz`. */
  async keepOnly(mayKeep: (principal: string) => boolean, why: string): Promise<number> {
    return this.#end(
      this.#table.rows.filter((row) => !mayKeep(row.principal)),
      why,
    );
  }

  async #end(rows: readonly StepUpRow[], why: string): Promise<number> {
    if (rows.length === 0) return 0;
    await this.#parts.ledger.commit(
      rows.flatMap(({ fingerprint, address, principal }): readonly LedgerCommand[] => [
        { kind: 'endStepUp', fingerprint, address },
        {
          kind: 'audit',
          line: { kind: 'step-up-ended', outcome: 'done', fields: { principal, address, fingerprint, reason: why } },
        },
      ]),
    );
    await this.#reload();
    return rows.length;
  }

  async #reload(): Promise<void> {
    const rows = await this.#parts.ledger.read({ kind: 'stepUps', now: this.#parts.clock.now() });
    this.#table.replace(rows);
    this.#parts.onChange?.(rows);
  }
}

function keyOf({ fingerprint, address }: StepUpKey): string {
  return `${fingerprint}${SEPARATOR}${address}`;
}
