import { randomBytes } from 'node:crypto';
import { GatewayError } from '../domain/errors.ts';
import type { HttpAnswer, HttpRequest } from '../domain/http.ts';
import type { Entry, Files } from '../vfs/files.ts';
import { absent } from '../vfs/places.ts';
import { contentType } from './content-type.ts';
import { reprDigest } from './digests.ts';
import { formatHttpDate } from './http-date.ts';
import type { HttpParts } from './parts.ts';
import { evaluate, parseEntityTags, parsePreconditions, subjectsOf } from './preconditions.ts';
import { contentRange, type Range, type Selection, selectRanges } from './ranges.ts';

/** How often a file that is replaced between look and read is looked up again. */
const TRIES = 3;

/** What a protocol says in its own way. */
export type SendOptions = {
  /** Of the file: its type, and whether it is shown. */
  readonly headersOf: (entry: Entry) => HttpAnswer['headers'];
  /** The answer for what is no file. */
  readonly folder: (entry: Entry) => Promise<HttpAnswer>;
  /** 416, with headers that say how large the file is. */
  readonly unsatisfiable: (entry: Entry, headers: HttpAnswer['headers']) => HttpAnswer;
};

/** GET and HEAD, RFC 9110 §9.3.1, §9.3.2: the same head, and for HEAD no body. */
export async function send(request: HttpRequest, parts: HttpParts, options: SendOptions): Promise<HttpAnswer> {
  const conditions = parsePreconditions(request, parts.clock.now());
  for (let left = TRIES; left > 0; left -= 1) {
    const entry = await parts.files.stat(request.session, request.path);
    if (entry.kind === 'file' && request.trailingSlash) throw absent();
    const verdict = await evaluate(conditions, request, entry, subjectsOf(request, parts));
    if (verdict === 'not-modified') return { status: 304, headers: validators(entry) };
    if (entry.kind === 'folder') return options.folder(entry);
    const answer = await file(request, parts.files, entry, options);
    if (answer !== 'replaced') return answer;
  }
  throw new GatewayError('unavailable', 'this file is being replaced all the time; please try again');
}

async function file(
  request: HttpRequest,
  files: Files,
  entry: Entry,
  { headersOf, unsatisfiable }: SendOptions,
): Promise<HttpAnswer | 'replaced'> {
  const headers = { ...fileHeaders(entry), ...headersOf(entry) };
  if (request.method === 'HEAD') return { status: 200, headers: { ...headers, 'Content-Length': entry.size } };
  const selection = selectionFor(request, entry);
  if (selection.kind === 'unsatisfiable') return unsatisfiable(entry, { 'Content-Range': `bytes */${entry.size}` });
  const ranges = selection.kind === 'ranges' ? selection.ranges : undefined;
  const [first] = ranges ?? [];
  const opened = await files.read(request.session, request.path, first);
  if (opened.entry.etag !== entry.etag) {
    opened.body.destroy();
    return 'replaced';
  }
  if (ranges === undefined || first === undefined) {
    return { status: 200, headers: { ...headers, 'Content-Length': entry.size }, body: opened.body };
  }
  if (ranges.length === 1) {
    const part = { 'Content-Range': contentRange(first, entry.size), 'Content-Length': first.end - first.start };
    return { status: 206, headers: { ...headers, ...part }, body: opened.body };
  }
  return severalRanges({ request, files, entry, headers }, ranges, opened.body);
}

/** Range counts only while If-Range names the bytes that stand there now (RFC 9110 §13.1.5: strong comparison). */
function selectionFor(request: HttpRequest, entry: Entry): Selection {
  const ifRange = request.headers.get('if-range');
  if (ifRange !== undefined && !ifRangeHolds(ifRange, entry)) return { kind: 'whole' };
  return selectRanges(request.headers.get('range'), entry.size);
}

function ifRangeHolds(ifRange: string, entry: Entry): boolean {
  if (!/^(W\/)?"/.test(ifRange)) return ifRange === formatHttpDate(entry.modifiedAt);
  const tags = parseEntityTags(ifRange);
  return tags !== '*' && tags.length === 1 && tags.every(({ tag, weak }) => !weak && tag === entry.etag);
}

type Sending = {
  readonly request: HttpRequest;
  readonly files: Files;
  readonly entry: Entry;
  readonly headers: HttpAnswer['headers'];
};

/** multipart/byteranges (RFC 9110 §14.6): each range is read when its turn comes. */
function severalRanges(sending: Sending, ranges: readonly Range[], firstBody: AsyncIterable<Uint8Array>): HttpAnswer {
  const { entry } = sending;
  const boundary = randomBytes(12).toString('hex');
  const heads = ranges.map(
    (range) =>
      `\r\n--${boundary}\r\nContent-Type: ${contentType(entry.name)}\r\n` +
      `Content-Range: ${contentRange(range, entry.size)}\r\n\r\n`,
  );
  const tail = `\r\n--${boundary}--\r\n`;
  const length = ranges.reduce((sum, { start, end }) => sum + end - start, heads.join('').length + tail.length);
  async function* body(): AsyncGenerator<Uint8Array | string> {
    for (const [index, range] of ranges.entries()) {
      yield heads[index] ?? '';
      yield* index === 0 ? firstBody : await sameVersion(sending, range);
    }
    yield tail;
  }
  const headers = {
    ...sending.headers,
    'Content-Type': `multipart/byteranges; boundary=${boundary}`,
    'Content-Length': length,
  };
  return { status: 206, headers, body: body() };
}

/** @throws GatewayError `unavailable` where the file was replaced since the answer began: it must be cut */
async function sameVersion({ request, files, entry }: Sending, range: Range): Promise<AsyncIterable<Uint8Array>> {
  const opened = await files.read(request.session, request.path, range);
  if (opened.entry.etag === entry.etag) return opened.body;
  opened.body.destroy();
  throw new GatewayError('unavailable', 'the file was replaced while it was being sent');
}

function fileHeaders(entry: Entry): Record<string, string | number> {
  const digest: Record<string, string> = entry.sha256 === '' ? {} : { 'Repr-Digest': reprDigest(entry.sha256) };
  return { ...validators(entry), ...digest, 'Accept-Ranges': 'bytes' };
}

function validators(entry: Entry): Record<string, string> {
  return {
    ETag: `"${entry.etag}"`,
    'Last-Modified': formatHttpDate(entry.modifiedAt),
    'Cache-Control': 'private, no-cache',
  };
}
