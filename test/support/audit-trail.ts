import { join } from 'node:path';
import type { AuditLine, ChainedLine } from '../../src/storage/commands.ts';
import { openSqliteReader } from '../../src/storage/sqlite-reader.ts';
import { eventually } from './eventually.ts';

const PAGE = 10_000;

export type WantedLine = {
  readonly kind: string;
  readonly outcome?: AuditLine['outcome'];
  readonly fields?: Partial<AuditLine['fields']>;
};

/** The audit log of a running gateway, read from its data folder beside it. */
export class AuditTrail {
  readonly #ledger: string;
  readonly #lines: ChainedLine[] = [];

  constructor({ data }: { readonly data: string }) {
    this.#ledger = join(data, 'ledger.sqlite');
  }

  /** All lines so far that say what is wanted. */
  async all(wanted: WantedLine): Promise<readonly ChainedLine[]> {
    await this.#read();
    return this.#lines.filter((line) => isWanted(line, wanted));
  }

  /** All lines so far, of whatever kind. */
  async every(): Promise<readonly ChainedLine[]> {
    await this.#read();
    return this.#lines;
  }

  /** The latest line that says so; lines of refusals are durable within a second, so it is waited for. */
  async line(wanted: WantedLine): Promise<ChainedLine> {
    return eventually(`the audit line ${JSON.stringify(wanted)}`, async () => (await this.all(wanted)).at(-1));
  }

  async #read(): Promise<void> {
    const reader = openSqliteReader(this.#ledger);
    try {
      for (;;) {
        const from = (this.#lines.at(-1)?.seq ?? 0) + 1;
        const page = await reader.read({ kind: 'auditLines', from, limit: PAGE });
        this.#lines.push(...page);
        if (page.length < PAGE) return;
      }
    } finally {
      await reader.close();
    }
  }
}

function isWanted(line: ChainedLine, { kind, outcome, fields = {} }: WantedLine): boolean {
  if (line.kind !== kind || (outcome !== undefined && line.outcome !== outcome)) return false;
  return Object.entries(fields).every(([name, value]) => JSON.stringify(line.fields[name]) === JSON.stringify(value));
}
