import type { Session } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import type { LedgerCommand, PropertyChange } from '../storage/commands.ts';
import type { Properties } from './files.ts';
import { mustHoldLocks } from './lock-checks.ts';
import { placeBelow } from './places.ts';
import type { PublisherParts } from './publisher.ts';

/** Of one name together: what clients store beside a file is no second file. */
const MAX_BYTES = 64 * 1024;

/** Dead properties (RFC 4918 §4); they change neither bytes nor version, so a file that is being processed keeps its own. */
export class PropertyDesk implements Properties {
  readonly #parts: Pick<PublisherParts, 'gate' | 'changes' | 'generation'>;

  constructor(parts: Pick<PublisherParts, 'gate' | 'changes' | 'generation'>) {
    this.#parts = parts;
  }

  async patch(
    session: Session,
    path: VPath,
    changes: readonly PropertyChange[],
    times: { modifiedAt?: number | undefined } = {},
  ): Promise<void> {
    const rule = await this.#parts.gate.pass(session, 'overwrite', path);
    const commands = async (): Promise<readonly LedgerCommand[]> => {
      const { ledgerPath } = placeBelow(this.#parts.generation.value, session, path);
      const { modifiedAt } = times;
      return [
        mustHoldLocks(session, ledgerPath, 'content'),
        { kind: 'patchProperties', path: ledgerPath, changes, maxBytes: MAX_BYTES },
        ...(modifiedAt === undefined ? [] : [{ kind: 'setModified' as const, path: ledgerPath, modifiedAt }]),
      ];
    };
    await this.#parts.changes.commit({ session, action: 'set-properties', path, rule, commands });
  }
}
