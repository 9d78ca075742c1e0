import type { ActReference, RecordLogHead, RecordOutcome, RecordReceiver } from '../audit/record-log.ts';
import { RecordLogReader } from '../audit/record-log-reader.ts';
import type { Dossier, Person } from '../directory/directory.ts';
import type { Current } from '../domain/current.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Environment, Flow } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import { institutionName } from '../domain/partner.ts';
import { isFinal, type Submission, type Ticket } from '../domain/submission.ts';
import { recordTicket } from '../evidence/answer-names.ts';
import type { TextOf } from '../evidence/notification.ts';
import type { ContentStore, ReadableContent } from '../storage/content-store.ts';
import type { Ledger } from '../storage/ledger.ts';

/** One check of DESIGN's order, and what it found. `not-reached`: an earlier one had refused the record. */
export type ExplainedCheck = {
  readonly check: string;
  readonly outcome: 'passed' | 'failed' | 'not-reached' | 'not-asked';
  readonly codes?: readonly { readonly code: string; readonly text: string }[] | undefined;
  /** The act or rule it used. */
  readonly by?: readonly string[] | undefined;
};

/** A line of the receiver as the directory has it now; `version` of the decision may be another. */
type Line = {
  readonly institution: string;
  readonly quality: string;
  readonly begin: string;
  readonly end?: string | undefined;
};

export type ExplainedReceiver = {
  readonly receiver: string;
  readonly acts: readonly string[];
  readonly quality: string;
  readonly lines: readonly Line[];
  readonly filtered: readonly string[];
};

export type Explanation = {
  readonly ticket: string;
  readonly flow: string;
  readonly environment: string;
  readonly sender: string;
  readonly insz?: string | undefined;
  readonly replacedBy?: string | undefined;
  readonly outcome: RecordOutcome['outcome'];
  readonly checks: readonly ExplainedCheck[];
  readonly receivers: readonly ExplainedReceiver[];
  readonly generation: string;
  readonly directoryVersion: string;
  readonly layoutVersion: string;
  /** The version the lines above are of. */
  readonly directoryNow: string;
};

type Parts = {
  readonly store: ContentStore;
  readonly ledger: Ledger;
  readonly generation: Current<Generation>;
  readonly directory: {
    snapshot(environment: Environment): {
      readonly version: bigint;
      lookup(insz: string): Person | undefined;
      close(): void;
    };
  };
  readonly textOf: TextOf;
};

/** Faults of a record's own rules: told together. After them the first refusal wins. */
const OWN_RULES = [
  { check: 'structure and types', codes: ['000050', '000051'] },
  { check: 'identifiers', codes: ['MSG00011'] },
  { check: 'dates and periods', codes: ['MSG00008'] },
] as const;

type LaterCheck = {
  readonly check: string;
  readonly codes: readonly string[];
  readonly isAsked?: (flow: Flow) => boolean;
};

/** Who makes a line of a person by a message need not find the person known; an integration must. */
function isKnown({ senderLine, kind }: Flow): boolean {
  return senderLine !== 'creates' || kind === 'integration';
}

function isAddressed({ kind }: Flow): boolean {
  return kind === 'message' || kind === 'request';
}

const LATER: readonly LaterCheck[] = [
  { check: 'authorization of the sender', codes: ['300010'] },
  {
    check: 'line of the sender',
    codes: ['300020', '300030'],
    isAsked: (flow) => flow.senderLine === 'required' || flow.kind === 'integration',
  },
  { check: 'person known to the directory', codes: ['MSG00005'], isAsked: isKnown },
  { check: 'original, question or source', codes: ['157', '300040', '253', '000051', 'MSG00013'] },
  { check: 'line of the addressed receiver', codes: ['MSG00012'], isAsked: isAddressed },
];

/** Tells of one record which checks it went through, by which acts and lines, and what came of them. */
export class Explainer {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws GatewayError `not-found` where there is no such submission or record, or it is not decided yet */
  async explain(ticket: Ticket, record: number): Promise<Explanation> {
    const submission = await this.#parts.ledger.read({ kind: 'submission', ticket });
    if (submission === undefined) throw new GatewayError('not-found', `no submission has the ticket ${ticket}`);
    const log = new RecordLogReader(this.#parts.store.read(recordLogOf(submission)));
    const head = await log.head();
    const found = await log.find(record);
    if (found === undefined) throw new GatewayError('not-found', `${ticket} has no record ${record}`);
    return this.#explanation(submission, head, found);
  }

  #explanation({ ticket, environment }: Submission, head: RecordLogHead, found: RecordOutcome): Explanation {
    const snapshot = this.#parts.directory.snapshot(environment);
    try {
      const person = found.insz === undefined ? undefined : snapshot.lookup(found.insz);
      return {
        ticket: recordTicket(ticket, found.record),
        ...{ flow: head.flow, environment: head.environment, sender: head.sender },
        ...{ insz: found.insz, replacedBy: found.replacedBy, outcome: found.outcome },
        checks: this.#checks(head, found),
        receivers: found.receivers.map((receiver) => this.#receiver(receiver, person)),
        ...{ generation: head.generation, directoryVersion: head.directoryVersion, layoutVersion: head.layoutVersion },
        directoryNow: String(snapshot.version),
      };
    } finally {
      snapshot.close();
    }
  }

  #checks(head: RecordLogHead, { codes, outcome, receivers }: RecordOutcome): readonly ExplainedCheck[] {
    const told = (wanted: readonly string[]) =>
      codes.filter((code) => wanted.includes(code)).map((code) => ({ code, text: this.#parts.textOf(code, 'en') }));
    const refused = outcome === 'refused';
    const own = OWN_RULES.map(({ check, codes: wanted }): ExplainedCheck => {
      const found = told(wanted);
      return found.length > 0
        ? { check, outcome: refused ? 'failed' : 'passed', codes: found }
        : { check, outcome: 'passed' };
    });
    let isOver = own.some((one) => one.outcome === 'failed');
    const flow = this.#parts.generation.value.flows.find((one) => one.code === head.flow);
    const later = LATER.map(({ check, codes: wanted, isAsked }): ExplainedCheck => {
      if (isOver) return { check, outcome: 'not-reached' };
      if (flow !== undefined && isAsked?.(flow) === false) return { check, outcome: 'not-asked' };
      const found = told(wanted);
      isOver = refused && found.length > 0;
      const by = check === LATER[0]?.check ? head.authorizations.map((act) => this.#actName(act)) : undefined;
      return { check, outcome: isOver ? 'failed' : 'passed', codes: found.length > 0 ? found : undefined, by };
    });
    const delivered = isOver ? 'not-reached' : receivers.length > 0 ? 'passed' : 'not-asked';
    return [...own, ...later, { check: 'receivers: authorization and line', outcome: delivered }];
  }

  #receiver(found: RecordReceiver, person: Person | undefined): ExplainedReceiver {
    const { receiver, authorization, alsoAuthorizations = [], quality, filtered } = found;
    const institution = this.#parts.generation.value.partners.find((one) => one.id === receiver)?.institution;
    const lines = (person?.dossiers ?? []).filter(
      (line) => line.quality === quality && line.institution.sector === institution?.sector,
    );
    return {
      receiver,
      acts: [authorization, ...alsoAuthorizations].map((act) => this.#actName(act)),
      ...{ quality, lines: lines.map(lineOf), filtered },
    };
  }

  /** With the legal reference while the act of this version is in force. */
  #actName({ id, version }: ActReference): string {
    const act = this.#parts.generation.value.authorizations.find((one) => one.id === id && one.version === version);
    const reference = act === undefined ? '' : `, ${act.instrument} ${act.reference}`;
    return `${id} version ${version}${reference}`;
  }
}

/** @throws GatewayError `not-found` */
function recordLogOf({ ticket, state, recordLog }: Submission): ReadableContent {
  if (recordLog !== undefined) return recordLog;
  const why = isFinal(state) ? 'was refused as a whole, in its receipt' : `is still ${state}`;
  throw new GatewayError('not-found', `${ticket} ${why}; none of its records was decided`);
}

function lineOf({ institution, quality, period }: Dossier): Line {
  return { institution: institutionName(institution), quality, begin: period.begin, end: period.end };
}
