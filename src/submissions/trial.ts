import type { Current } from '../domain/current.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Flow } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import type { HttpBody } from '../domain/http.ts';
import type { Language } from '../domain/partner.ts';
import type { Authorizer, Principal } from '../domain/principal.ts';
import { splitRszName } from '../domain/rsz-name.ts';
import type { RecordTotals, Submission } from '../domain/submission.ts';
import { childOf, parseVPath } from '../domain/vpath.ts';
import { recordTicket } from '../evidence/answer-names.ts';
import type { RecordAnswer } from '../pipeline/batch.ts';
import type { CompletedContent, ContentStore } from '../storage/content-store.ts';
import type { Asker } from './desk.ts';
import type { Judged, MustWait } from './dry-run.ts';
import type { NameOfField, RefusedRecord } from './refused.ts';
import type { Sender } from './sender.ts';
import type { TrialEntry } from './trial-gate.ts';
import { type Viewer, viewersOf } from './viewer.ts';
import type { Words } from './words.ts';

/** Who tries which file, as plain data. */
export type Tried = {
  readonly principal: Principal;
  readonly flow: string;
  readonly name: string;
  /** Whether its bytes were counted when it came. */
  readonly isCounted: boolean;
};

/** Where the pipeline is: who hands in what. @throws GatewayError `not-found` for what is not in force any more */
export function senderOfTried({ partners, flows }: Generation, { principal, flow: code, name }: Tried): Sender {
  const partner = partners.find(({ id }) => id === principal.partner);
  const flow = flows.find((one) => one.code === code);
  if (partner === undefined || flow === undefined) throw new GatewayError('not-found', 'there is nothing here');
  return { partner, principal, flow, name };
}

/** What would become of a file, in the language of who asks. */
export type Trial = {
  readonly file: string;
  readonly flow: string;
  readonly flowName: string;
  readonly environment: 'R';
  readonly state: Submission['state'];
  readonly size: number;
  readonly sha256: string;
  readonly records: RecordTotals | null;
  readonly errors: readonly { readonly code: string; readonly text: string }[];
  readonly refused: readonly RefusedRecord[];
  /** Whether more records would be refused than stand here. */
  readonly truncated: boolean;
  readonly next: string;
};

export type TrialParts = {
  readonly store: Pick<ContentStore, 'begin' | 'writePart' | 'complete' | 'remove'>;
  readonly authorizer: Authorizer;
  readonly generation: Current<Generation>;
  readonly gate: TrialEntry;
  /** Runs where the pipeline is. */
  readonly judge: (tried: Tried, content: CompletedContent) => Promise<Judged | MustWait>;
  readonly words: Words;
  /** What fields are called. */
  readonly names: (language: Language) => Promise<NameOfField>;
};

/** Files that a partner's people check before they send them: taken, judged, and forgotten. */
export class TrialDesk {
  readonly #parts: TrialParts;

  constructor(parts: TrialParts) {
    this.#parts = parts;
  }

  /**
   * @param flow undefined where the name of the file tells it
   * @throws GatewayError `bad-request` where the flow is not clear or is none of the caller's, `too-large`
   * @returns how long to wait where too much was simulated of late, or too many files are tried at once
   */
  async run(
    { session, language }: Asker,
    asked: { readonly name: string; readonly flow?: string | undefined },
    bytes: Pick<HttpBody, 'length' | typeof Symbol.asyncIterator>,
  ): Promise<Trial | MustWait> {
    const generation = this.#parts.generation.value;
    const viewers = viewersOf(generation, this.#parts.authorizer, session);
    const { flow, viewer } = flowOf(generation, viewers, asked);
    this.#mustSend(viewer, flow, asked.name);
    const { limits } = generation;
    const most = Math.min(
      ...[flow.maxFileBytes, viewer.partner.maxFileBytes ?? limits.maxFileBytes, limits.maxDryRunBytes],
    );
    if ((bytes.length ?? 0) > most) throw tooLarge(most);
    const { principal } = viewer.session;
    const pass = await this.#parts.gate.enter(principal, bytes.length);
    if ('waitMs' in pass) return pass;
    try {
      const tried = { principal, flow: flow.code, name: asked.name, isCounted: bytes.length !== undefined };
      return await this.#tried(tried, bytes, { most, flow, language });
    } finally {
      pass.leave();
    }
  }

  async #tried(
    tried: Tried,
    bytes: AsyncIterable<Uint8Array>,
    { most, flow, language }: { readonly most: number; readonly flow: Flow; readonly language: Language },
  ): Promise<Trial | MustWait> {
    const content = await this.#take(bytes, most);
    try {
      const judged = await this.#parts.judge(tried, content);
      if ('waitMs' in judged) return judged;
      const nameOf = await this.#parts.names(language);
      return this.#told(judged, { flow, content, name: tried.name, language, nameOf });
    } finally {
      // Who judges removes it too, but may be in another process, which may be gone.
      await this.#parts.store.remove(content.contentId);
    }
  }

  /** Who may not hand it in gets no answer out of the directory either. @throws GatewayError */
  #mustSend({ partner, session }: Viewer, { code }: Flow, name: string): void {
    const folder = parseVPath(partner.layout === 'flat' ? '/IN' : `/IN/${code}`);
    const decision = this.#parts.authorizer.decide(session, 'create', childOf(folder, name));
    if (decision.allowed) return;
    if ('code' in decision) throw new GatewayError('level-too-low', 'this needs a second factor');
    throw new GatewayError('not-allowed', 'you may not hand in files of this flow');
  }

  async #take(bytes: AsyncIterable<Uint8Array>, most: number): Promise<CompletedContent> {
    const { store } = this.#parts;
    const upload = await store.begin({ onDisk: true }); // it may be judged in another process
    try {
      let size = 0;
      for await (const chunk of bytes) {
        if (size + chunk.length > most) throw tooLarge(most);
        await store.writePart(upload, size, chunk);
        size += chunk.length;
      }
      return await store.complete(upload, { size });
    } catch (error) {
      await store.remove(upload.contentId);
      throw error;
    }
  }

  #told(
    { submission, refused }: Judged,
    of: {
      readonly flow: Flow;
      readonly content: CompletedContent;
      readonly name: string;
      readonly language: Language;
      readonly nameOf: NameOfField;
    },
  ): Trial {
    const { words } = this.#parts;
    const { flow, content, name, language, nameOf } = of;
    const { state, records, errors } = submission;
    const told = { submission, flow: flow.code, language, nameOf };
    return {
      ...{ file: name, flow: flow.code, flowName: flow.title, environment: 'R', state },
      ...{ size: content.size, sha256: content.sha256, records: records ?? null },
      errors: errors.map(({ code, text }) => ({
        code,
        text: words.textOf(code, language, words.detailIn(code, text)),
      })),
      refused: refused.map((one) => this.#record(one, told)),
      truncated: (records?.refused ?? 0) > refused.length,
      next: words.textOf(state === 'accepted' ? 'next-dry-accepted' : 'next-dry-refused', language),
    };
  }

  #record(
    { record, faults }: RecordAnswer,
    {
      submission,
      flow,
      language,
      nameOf,
    }: {
      readonly submission: Submission;
      readonly flow: string;
      readonly language: Language;
      readonly nameOf: NameOfField;
    },
  ): RefusedRecord {
    const { words } = this.#parts;
    return {
      ...{ record, ticket: recordTicket(submission.ticket, record) },
      faults: faults.map(({ field, code, severity, value, detail }) => ({
        ...{ field, fieldName: nameOf(flow, field), code, severity, value: value ?? null },
        text: words.factOf(code, language, detail),
        remedy: words.remedyOf(code, language),
      })),
    };
  }
}

function tooLarge(most: number): GatewayError {
  return new GatewayError('too-large', `files of this flow of up to ${most} bytes can be tried`);
}

/** Among the flows that the caller may hand in. @throws GatewayError `bad-request` */
function flowOf(
  { flows }: Generation,
  viewers: readonly Viewer[],
  { name, flow: code }: { readonly name: string; readonly flow?: string | undefined },
): { readonly flow: Flow; readonly viewer: Viewer } {
  const senderOf = ({ code: one }: Flow) =>
    viewers.find(({ partner, flows: seen }) => partner.sends.includes(one) && seen.includes(one));
  const own = flows.filter((flow) => senderOf(flow) !== undefined);
  const split = splitRszName(name);
  const wanted = code ?? ('name' in split ? split.name.content : undefined);
  const found = own.filter((flow) =>
    wanted === undefined ? new RegExp(`^(?:${flow.pattern})$`, 'u').test(name) : flow.code === wanted,
  );
  const [only] = found;
  const viewer = only && senderOf(only);
  if (only !== undefined && viewer !== undefined && found.length === 1) return { flow: only, viewer };
  const choices = (found.length > 0 ? found : own).map((flow) => flow.code).join(', ');
  throw new GatewayError('bad-request', `the flow of this file is not clear; say "flow" with one of ${choices}`);
}
