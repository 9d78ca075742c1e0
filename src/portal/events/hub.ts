import type { Current } from '../../domain/current.ts';
import { actingFor, belowTop } from '../../domain/designation.ts';
import type { Generation } from '../../domain/generation.ts';
import type { Logger } from '../../domain/logger.ts';
import { type Authorizer, principalName, type Session } from '../../domain/principal.ts';
import type { Submission, Ticket } from '../../domain/submission.ts';
import type { VPath } from '../../domain/vpath.ts';
import type { Ledger } from '../../storage/ledger.ts';
import { maySee, viewersOf } from '../../submissions/viewer.ts';
import { visiblePath } from '../../vfs/places.ts';
import type { Events } from '../schemas/events.ts';
import { foldersOf, touchedBy } from './changes.ts';
import type { EventIds } from './event-ids.ts';
import { EventStream } from './stream.ts';

/** How often the log is looked at while somebody listens: once for all of them. */
const POLL_MS = 500;
const PAGE_LINES = 500;
/** Lines that are read again for who comes back; who missed more asks for everything anew. */
const MAX_MISSED_LINES = 5_000;
/** Events that are told to who comes back; who missed more asks for everything anew too. */
const MAX_MISSED_EVENTS = 200;
const MAX_STREAMS_OF_PRINCIPAL = 4;

export type HubParts = {
  readonly ledger: Pick<Ledger, 'read'>;
  readonly authorizer: Authorizer;
  readonly generation: Current<Generation>;
  readonly ids: EventIds;
  readonly logger: Logger;
  /** The level a session has now. */
  readonly levelOf: (session: Session) => 1 | 2;
};

type Send = () => void;
type Known = { level: 1 | 2; generation: string };
/** Of one audit line: what changed, with the submission where there is one. */
type Happened = {
  readonly seq: number;
  readonly folders: ReadonlySet<VPath>;
  readonly submission: Submission | undefined;
};

/**
 * Tells those who listen what has changed. The source is the audit log, which every process of a gateway can read: each
 * change stands there with its commit. Whether somebody may know is asked of the authorizer for each event.
 */
export class EventHub {
  readonly #parts: HubParts;
  readonly #streams = new Map<EventStream, Known>();
  #seq: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #polling = false;
  #closed = false;

  constructor(parts: HubParts) {
    this.#parts = parts;
  }

  /**
   * @param lastId the id of the last event the client got before
   * @returns undefined where this principal listens often enough already
   */
  async listen(session: Session, lastId: string | undefined): Promise<EventStream | undefined> {
    const name = principalName(session.principal);
    const own = [...this.#streams.keys()].filter((one) => principalName(one.session.principal) === name);
    if (this.#closed || own.length >= MAX_STREAMS_OF_PRINCIPAL) return undefined;
    const stream = new EventStream(session, () => this.#left(stream));
    const known: Known = { level: this.#parts.levelOf(session), generation: this.#parts.generation.value.id };
    this.#streams.set(stream, known);
    try {
      const now = this.#seq ?? (await this.#parts.ledger.read({ kind: 'lastAuditLine' }));
      this.#seq ??= now;
      stream.send('session', known, this.#parts.ids.seal(now));
      if (lastId !== undefined) await this.#catchUp(stream, lastId, now);
    } catch (error) {
      stream.end();
      throw error;
    }
    if (this.#streams.size > 0) this.#timer ??= setInterval(() => void this.#poll(), POLL_MS);
    return stream;
  }

  /** Ends all streams: those who listen come back when somebody answers again. */
  close(): void {
    this.#closed = true;
    for (const stream of [...this.#streams.keys()]) stream.end();
  }

  #left(stream: EventStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#seq = undefined;
  }

  async #catchUp(stream: EventStream, lastId: string, now: number): Promise<void> {
    const { ids } = this.#parts;
    const last = ids.open(lastId);
    if (last === undefined || last > now || now - last > MAX_MISSED_LINES) {
      stream.send('reset', {}, ids.seal(now));
      return;
    }
    const missed: Send[] = [];
    for (let from = last; from < now && missed.length <= MAX_MISSED_EVENTS; from += PAGE_LINES) {
      const until = Math.min(now, from + PAGE_LINES);
      for (const happened of await this.#read(from, until - from)) missed.push(...this.#eventsOf(stream, happened));
    }
    // More than may wait for a client would end it, and it would come back for the same, over and over.
    if (missed.length > MAX_MISSED_EVENTS) stream.send('reset', {}, ids.seal(now));
    else for (const send of missed) send();
  }

  async #poll(): Promise<void> {
    if (this.#polling || this.#seq === undefined) return;
    this.#polling = true;
    try {
      this.#tellSessions();
      await this.#goOn(await this.#parts.ledger.read({ kind: 'lastAuditLine' }));
    } catch (error) {
      this.#parts.logger.debug({ err: error }, 'the log could not be looked at for events');
    } finally {
      this.#polling = false;
    }
  }

  /** Tells what the log has up to a line; where that is more than pages could follow, they ask anew. */
  async #goOn(last: number): Promise<void> {
    const { ids } = this.#parts;
    for (let from = this.#seq; from !== undefined && from < last; from = this.#seq) {
      const isTooMuch = last - from > MAX_MISSED_LINES;
      const until = isTooMuch ? last : Math.min(last, from + PAGE_LINES);
      const happened = isTooMuch ? [] : await this.#read(from, until - from);
      // All may have left meanwhile, and somebody else come.
      if (this.#seq !== from) return;
      this.#seq = until;
      for (const stream of [...this.#streams.keys()]) {
        if (isTooMuch) stream.send('reset', {}, ids.seal(until));
        for (const one of happened) this.#tell(stream, one);
      }
    }
  }

  /** Lines behind `from`. A folder that many of them touch is told once. */
  async #read(from: number, limit: number): Promise<readonly Happened[]> {
    const { ledger, generation } = this.#parts;
    const lines = await ledger.read({ kind: 'auditLines', from: from + 1, limit });
    const told = new Set<VPath>();
    const happened: Happened[] = [];
    const submissions = new Map<Ticket, Submission | undefined>();
    for (const line of lines.toReversed()) {
      const { folders, ticket } = touchedBy(line, generation.value);
      const isFirst = ticket !== undefined && !submissions.has(ticket);
      if (isFirst) submissions.set(ticket, await ledger.read({ kind: 'submission', ticket }));
      const submission = isFirst ? submissions.get(ticket) : undefined;
      const fresh = [...folders, ...(submission === undefined ? [] : foldersOf(submission))].filter(
        (one) => !told.has(one),
      );
      for (const one of fresh) told.add(one);
      if (fresh.length > 0 || submission !== undefined)
        happened.push({ seq: line.seq, folders: new Set(fresh), submission });
    }
    return happened.toReversed();
  }

  #tell(stream: EventStream, happened: Happened): void {
    for (const send of this.#eventsOf(stream, happened)) send();
  }

  /** What a listener may know of it. */
  #eventsOf(stream: EventStream, { seq, folders, submission }: Happened): readonly Send[] {
    const id = this.#parts.ids.seal(seq);
    const events: Send[] = [];
    for (const { session, top } of actingFor(stream.session)) {
      for (const folder of folders) {
        const path = visiblePath(session, folder);
        if (path !== undefined && this.#mayList(session, path))
          events.push(() => stream.send('folder', { path: belowTop(top, path) }, id));
      }
      if (submission !== undefined && this.#maySee(session, submission))
        events.push(() => stream.send('submission', eventOf(submission), id));
    }
    return events;
  }

  #tellSessions(): void {
    const generation = this.#parts.generation.value.id;
    for (const [stream, known] of this.#streams) {
      const level = this.#parts.levelOf(stream.session);
      if (known.level === level && known.generation === generation) continue;
      Object.assign(known, { level, generation });
      stream.send('session', { level, generation }, this.#parts.ids.seal(this.#seq ?? 0));
    }
  }

  #maySee(session: Session, submission: Submission): boolean {
    const { generation, authorizer } = this.#parts;
    return viewersOf(generation.value, authorizer, session).some((viewer) => maySee(viewer, submission));
  }

  #mayList(session: Session, path: VPath): boolean {
    return this.#parts.authorizer.decide(session, 'list', path).allowed;
  }
}

function eventOf(submission: Submission): Events['submission'] {
  const { ticket, fileName, flow, environment, state, receivedAt, answeredAt, records } = submission;
  return {
    ...{ ticket, file: fileName, flow, environment, state },
    receivedAt: new Date(receivedAt).toISOString(),
    answeredAt: answeredAt === undefined ? null : new Date(answeredAt).toISOString(),
    records: records ?? null,
  };
}
