import { GatewayError } from './errors.ts';

/** What does not fit, as processes tell it to one another: a place in gateway.yaml, and what to write or put there. */
export type MisfitFacts = {
  readonly path: readonly (string | number)[];
  readonly fault: string;
  readonly remedy: string;
};

/** A configuration that says nothing wrong and can not be served: its keys do not fit, or a port is taken. */
export class Misfit extends GatewayError {
  readonly facts: MisfitFacts;

  constructor(facts: MisfitFacts, options: ErrorOptions = {}) {
    super('bad-request', `gateway.yaml#/${facts.path.join('/')}: ${facts.fault}; ${facts.remedy}`, options);
    this.facts = facts;
  }
}
