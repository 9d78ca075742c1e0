import type { Language } from '../domain/partner.ts';
import { principalName } from '../domain/principal.ts';
import { isEnvironment, siblingOf, splitRszName } from '../domain/rsz-name.ts';
import type { Submission } from '../domain/submission.ts';
import { childOf, nameOf } from '../domain/vpath.ts';
import type { ChainedLine } from '../storage/commands.ts';
import type { Ledger } from '../storage/ledger.ts';
import { tellingFiles } from './told-records.ts';
import { answerFolder, ownPath, type Viewer } from './viewer.ts';
import type { Words } from './words.ts';

/** What happened when. `by`: a principal of the partner; null where it was the hub. */
export type TimelineEvent = {
  readonly at: string;
  readonly event: string;
  readonly text: string;
  readonly by: string | null;
};

const MOST_LINES = 1_000;

/** Lines of the log that the sender is told about, and by what words. Who received is never among them. */
const LINES: ReadonlyMap<string, string> = new Map([
  ['submission-again', 'event-again'],
  ['quarantine', 'event-quarantine'],
  ['quarantine-lifted', 'event-quarantine-lifted'],
  ['quarantine-rejected', 'event-quarantine-rejected'],
  ['redelivery', 'event-redelivered'],
  ['delivery-expired', 'event-delivery-lost'],
  ['answers-overdue', 'answers-overdue'],
  ['questions-closed', 'questions-closed'],
]);

type Event = { readonly at: number; readonly code: string; readonly detail?: string; readonly by?: string };

type Parts = { readonly ledger: Pick<Ledger, 'read'>; readonly words: Words; readonly language: Language };

/** The story of one submission, from the times in the ledger and the lines of the audit log. */
export async function timelineOf(
  { ledger, words, language }: Parts,
  viewer: Viewer,
  submission: Submission,
): Promise<readonly TimelineEvent[]> {
  const lines = await ledger.read({ kind: 'linesAbout', ticket: submission.ticket, limit: MOST_LINES });
  const events = [
    ...ofReceipt(submission),
    ...lines.flatMap(ofLine),
    ...answered(submission),
    ...delivered(lines),
    ...(await pickedUp(ledger, viewer, submission)),
  ];
  return events
    .toSorted((one, other) => one.at - other.at)
    .map(({ at, code, detail, by }) => ({
      at: new Date(at).toISOString(),
      event: code.replace(/^event-/, ''),
      text: words.textOf(code, language, detail),
      by: by ?? null,
    }));
}

function ofReceipt({ receivedAt: at, principal, state, notification, errors }: Submission): readonly Event[] {
  const received = { at, code: 'event-received', by: principalName(principal) };
  if (state === 'cancelled') return [received, { at, code: 'event-cancelled', by: principalName(principal) }];
  const isRefused = state === 'rejected' && notification.length === 0 && errors.length > 0;
  if (isRefused) return [received, { at, code: 'event-receipt-negative' }];
  return [received, { at, code: 'event-receipt' }, { at, code: 'event-checking' }];
}

function ofLine({ kind, at }: ChainedLine): readonly Event[] {
  const code = LINES.get(kind);
  return code === undefined ? [] : [{ at, code }];
}

/** How many deliveries there were is all that a sender learns. */
function delivered(lines: readonly ChainedLine[]): readonly Event[] {
  const deliveries = lines.filter(({ kind }) => kind === 'delivery');
  const [first] = deliveries;
  return first === undefined ? [] : [{ at: first.at, code: 'event-delivered', detail: `${deliveries.length}` }];
}

function answered({ answeredAt: at, records, notification }: Submission): readonly Event[] {
  if (at === undefined || notification.length === 0) return [];
  const detail = records === undefined ? {} : { detail: `${records.accepted}/${records.total}` };
  return [{ at, code: 'event-answered', ...detail }];
}

/** The first time each principal took an answer. */
async function pickedUp(
  ledger: Pick<Ledger, 'read'>,
  { partner }: Viewer,
  submission: Submission,
): Promise<readonly Event[]> {
  const folder = answerFolder(partner, submission);
  const files = tellingFiles([...submission.receipt, ...submission.notification]);
  const paths = files.flatMap(({ name }) => ownPath(partner, childOf(folder, name)) ?? []);
  const readings = await ledger.read({ kind: 'readingsOf', paths, limit: MOST_LINES });
  const first = new Map<string, Event>();
  for (const { at, fields } of readings) {
    const { path, principal } = fields;
    if (typeof path !== 'string' || typeof principal !== 'string' || !principal.endsWith(`@${partner.id}`)) continue;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const key = `${name} ${principal}`;
    if (at < submission.receivedAt || first.has(key)) continue;
    first.set(key, { at, code: 'event-picked-up', detail: name, by: principal });
  }
  return [...first.values()];
}

/** No FI, no FS, no GO. Source: docs/domain.md §1. */
const INCOMPLETE: ReadonlySet<string> = new Set(['120', '122', '130']);

/** Members of a set that did not come; outside R nobody needs to sign. */
export function missingOf({ fileName, state, errors, files }: Submission): readonly string[] {
  const split = splitRszName(fileName);
  if (state !== 'rejected' || !errors.some(({ code }) => INCOMPLETE.has(code)) || !('name' in split)) return [];
  const { name } = split;
  if (!isEnvironment(name.environment)) return [];
  const parts = Array.from({ length: name.count }, (_, index) => index + 1);
  const members = [
    ...parts.map((part) => siblingOf(name, 'FI', part)),
    ...(name.environment === 'R' ? parts.map((part) => siblingOf(name, 'FS', part)) : []),
    siblingOf(name, 'GO'),
  ];
  const there = new Set(files.map(({ path }) => nameOf(path)));
  return members.filter((member) => !there.has(member));
}
