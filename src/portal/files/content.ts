import type { HttpAnswer } from '../../domain/http.ts';
import type { VPath } from '../../domain/vpath.ts';
import { contentDisposition, contentType } from '../../http/content-type.ts';
import { reprDigest } from '../../http/digests.ts';
import { statIfAny } from '../../http/lookup.ts';
import { evaluate, hasConditions, parsePreconditions, subjectsOf, writeCondition } from '../../http/preconditions.ts';
import { type PartOutcome, receiveFile, receivePart } from '../../http/receive.ts';
import { send } from '../../http/send.ts';
import type { WriteCondition } from '../../vfs/files.ts';
import { problemAnswer } from '../problems.ts';
import { type Call, type Later, type Reply, type Route, reply, route } from '../route.ts';
import { contentQuery, type Entry, entry, type PartTaken, partTaken, pathQuery } from '../schemas/files.ts';
import { entryOf } from './entries.ts';
import { asFileRequest } from './folders.ts';
import type { FileParts } from './parts.ts';

const BYTES = 'application/octet-stream';

/** The bytes of files: down, and up. */
export function contentRoutes(parts: Later<FileParts>): readonly Route[] {
  return [
    route({
      ...{ method: 'GET', path: '/content', summary: 'The bytes of a file; Range and If-Range as RFC 9110 has them' },
      head: true,
      query: contentQuery,
      answers: {
        200: { about: 'All of it', media: BYTES },
        206: { about: 'The range that was asked for', media: BYTES },
        304: { about: 'It has not changed' },
      },
      handle: (call) => download(call, parts()),
    }),
    route({
      ...{ method: 'PUT', path: '/content' },
      summary:
        'A file whole, or with Content-Range a part of it. If-Match names the version it takes the place of; Repr-Digest is checked',
      query: pathQuery,
      takesBytes: true,
      answers: {
        200: { about: 'It took the place of another', schema: entry },
        201: { about: 'It is new', schema: entry },
        202: { about: 'A part was taken; Upload-Offset says which byte comes next', schema: partTaken },
      },
      handle: (call) => upload(call, parts()),
    }),
  ];
}

async function download(
  call: Call<unknown, { readonly path: VPath; readonly inline: '0' | '1' }>,
  parts: FileParts,
): Promise<HttpAnswer> {
  const { path, inline } = call.query;
  // HEAD says what GET would: a page asks before it lets the browser fetch, which could not tell why it got nothing.
  if (call.request.method === 'HEAD') await parts.browsing.mustRead(call.session, path);
  return send(asFileRequest(call, path), parts, {
    headersOf: ({ name }) => ({
      'Content-Type': contentType(name),
      'Content-Disposition': contentDisposition(name, inline === '1' ? 'as-shown' : 'attachment'),
    }),
    folder: async () => problemAnswer('is-folder', call.language),
    unsatisfiable: ({ size }, headers) =>
      problemAnswer('wrong-offset', call.language, { about: String(size), headers }),
  });
}

type Stored = Reply<Entry | PartTaken> | HttpAnswer;

async function upload(call: Call<unknown, { readonly path: VPath }>, parts: FileParts): Promise<Stored> {
  const request = asFileRequest(call, call.query.path);
  const condition = await conditionOf(call, parts);
  if (condition === 'required') return problemAnswer('precondition-required', call.language);
  const wanted = { condition, modifiedAt: undefined };
  const outcome = request.headers.has('content-range')
    ? await receivePart(request, parts, async () => wanted)
    : await receiveFile(request, parts, wanted);
  return partReply(call, parts, outcome);
}

/**
 * What must hold of the name. Without conditions it must be new: whoever takes the place of a file says which one.
 * @returns `required` where a file stands there and nothing was said of it
 */
async function conditionOf(
  call: Call<unknown, { readonly path: VPath }>,
  parts: FileParts,
): Promise<WriteCondition | 'required'> {
  const request = asFileRequest(call, call.query.path);
  const conditions = parsePreconditions(request, parts.clock.now());
  const there = await statIfAny(parts.files, call.session, request.path);
  if (!hasConditions(conditions)) return there === undefined ? 'absent' : 'required';
  await evaluate(conditions, request, there, subjectsOf(request, parts));
  return writeCondition(conditions, there);
}

async function partReply(call: Call, parts: FileParts, outcome: PartOutcome): Promise<Stored> {
  if (outcome.kind === 'published') {
    const { entry, replaces } = outcome;
    const headers = {
      ETag: `"${entry.etag}"`,
      'Upload-Offset': entry.size,
      'Repr-Digest': reprDigest(entry.sha256),
    };
    return reply(entryOf(await parts.browsing.written(call.session, entry)), replaces ? 200 : 201, headers);
  }
  const { held, total } = outcome;
  if (outcome.kind === 'taken') return reply({ offset: held, total: total ?? held }, 202, { 'Upload-Offset': held });
  const range = total === undefined ? {} : { 'Content-Range': `bytes */${total}` };
  return problemAnswer('wrong-offset', call.language, {
    about: String(held),
    headers: { 'Upload-Offset': held, ...range },
  });
}
