import { principalName } from '../../domain/principal.ts';
import { absent } from '../../vfs/places.ts';
import { FewAtOnce } from '../few-at-once.ts';
import { tooMany } from '../problems.ts';
import { type Later, type Route, reply, route } from '../route.ts';
import { heldUpload, heldUploads, pathQuery } from '../schemas/files.ts';
import type { FileParts } from './parts.ts';

/** More than a principal can have (`maxPartialUploadsPerPrincipal` is 100 unless somebody says otherwise). */
const MAX_LISTED = 1000;

/** All that is held is read and digested for each: a page that goes on with three files at once asks for three. */
const DIGESTS = { ofEach: 3, inAll: 6 };
const DIGEST_WAIT_MS = 2_000;

/** Uploads that were cut. */
export function uploadRoutes(parts: Later<FileParts>): readonly Route[] {
  const digests = new FewAtOnce(DIGESTS);
  return [
    route({
      ...{ method: 'GET', path: '/uploads', summary: 'Uploads of the caller that were cut and can be gone on with' },
      answers: { 200: { about: 'In order of path', schema: heldUploads } },
      handle: async ({ session }) => {
        const held = await parts().browsing.heldBy(session, MAX_LISTED);
        return reply({ items: held.map(listed), next: null });
      },
    }),
    route({
      ...{ method: 'GET', path: '/upload', summary: 'What is held of an upload that was cut' },
      query: pathQuery,
      answers: { 200: { about: 'So many bytes, and what they are', schema: heldUpload } },
      handle: async ({ session, language, query: { path } }) => {
        const caller = principalName(session.principal);
        const held = await digests.run(caller, () => parts().browsing.inspect(session, path));
        if (held === 'full') return tooMany(DIGEST_WAIT_MS, language);
        if (held === undefined) throw absent();
        return reply({ ...listed(held), sha256: held.sha256 }, 200, { 'Upload-Offset': held.held });
      },
    }),
    route({
      ...{ method: 'DELETE', path: '/upload', summary: 'Give up what is held of an upload' },
      query: pathQuery,
      answers: { 204: { about: 'Nothing is held any more' } },
      handle: async ({ session, query: { path } }) => {
        if (!(await parts().browsing.abandon(session, path))) throw absent();
        return { status: 204, headers: {} };
      },
    }),
  ];
}

function listed(one: {
  readonly path: string;
  readonly held: number;
  readonly total: number | undefined;
  readonly touchedAt: number;
}) {
  const { path, held, total = null, touchedAt } = one;
  return { path, offset: held, total, modified: new Date(touchedAt).toISOString() };
}
