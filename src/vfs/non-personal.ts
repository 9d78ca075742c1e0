import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Insz } from '../domain/insz.ts';
import type { RuleRef } from '../domain/principal.ts';
import { childOf, type VPath } from '../domain/vpath.ts';
import { keeping, refOf } from '../storage/content-commands.ts';
import type { CompletedContent, ContentStore } from '../storage/content-store.ts';
import type { Changes } from './changes.ts';
import { PlainTextReader } from './plain-text.ts';
import type { UploadPlan } from './upload.ts';

/** Whether a number stands in the reference directory, of any environment. */
export type IsKnownPerson = (person: Insz) => boolean;

type Parts = {
  readonly store: ContentStore;
  readonly clock: Clock;
  readonly changes: Changes;
  readonly isKnownPerson: IsKnownPerson;
};

const QUARANTINE = '/quarantine' as VPath;
/** As long as a delivery is held: then what was put aside is removed. */
const KEPT_MS = 30 * 86_400_000;
/** Look-ups of one turn: some 0.2 ms. */
const AT_ONCE = 100;

/** Files of folders that are about nobody: plain text that names no person of the directory. */
export class NonPersonal {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Judges a whole file before it gets its name. One that names a person is put aside: nobody sees it, the log says where it
   * lies.
   * @throws GatewayError `not-allowed`
   */
  async judge(plan: UploadPlan, content: CompletedContent, rule: RuleRef): Promise<void> {
    const reader = new PlainTextReader();
    for await (const chunk of this.#parts.store.read(content)) {
      reader.push(chunk);
      await turn();
    }
    const numbers = reader.end();
    if (numbers === undefined) {
      throw new GatewayError(
        'not-allowed',
        'this folder takes plain text (UTF-8) only; other files need a reviewed folder',
      );
    }
    const known = await this.#known([...numbers]);
    if (known === 0) return;
    await this.#putAside(plan, content, rule, known);
    const text = 'this folder takes nothing about persons: the file was put aside, and the hub looks at it';
    throw new GatewayError('not-allowed', text);
  }

  async #known(numbers: readonly Insz[]): Promise<number> {
    let known = 0;
    for (const [index, number] of numbers.entries()) {
      if (index % AT_ONCE === AT_ONCE - 1) await turn();
      if (this.#parts.isKnownPerson(number)) known++;
    }
    return known;
  }

  /** A copy: what was uploaded goes with the upload, which is refused. */
  async #putAside(
    { session, path }: UploadPlan,
    content: CompletedContent,
    rule: RuleRef,
    persons: number,
  ): Promise<void> {
    const { store, changes, clock } = this.#parts;
    const upload = await store.begin({ onDisk: false });
    let offset = 0;
    for await (const chunk of store.read(content)) {
      await store.writePart(upload, offset, chunk);
      offset += chunk.length;
    }
    const copy = await store.complete(upload);
    const aside = childOf(QUARANTINE, randomUUID());
    const at = clock.now();
    const published = { kind: 'publish' as const, path: aside, content: refOf(copy), expect: 'absent' as const };
    await changes.commit({
      ...{ session, action: 'quarantined', path, rule },
      details: { aside, persons, size: copy.size, sha256: copy.sha256 },
      commands: async () => [...keeping([copy]), { ...published, parentMustExist: false, at, expiresAt: at + KEPT_MS }],
    });
  }
}
