import type { Person } from '../directory/directory.ts';
import type { KindDecision, KindParts, KindRules } from './kinds.ts';
import type { CheckedRecord } from './record-rules.ts';
import type { Router } from './route.ts';

/** A mutation goes to everybody who knows the person and may have it. That nobody does is no fault. */
export class Mutations implements KindRules {
  readonly #router: Router;

  constructor({ router }: KindParts) {
    this.#router = router;
  }

  decide(record: CheckedRecord, person: Person): KindDecision {
    return { accepted: true, routes: this.#router.route(person, record.period) };
  }
}
