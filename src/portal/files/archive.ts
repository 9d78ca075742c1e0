import { makeZip } from 'client-zip';
import type { HttpAnswer } from '../../domain/http.ts';
import type { Session } from '../../domain/principal.ts';
import { partsOf, type VPath } from '../../domain/vpath.ts';
import { contentDisposition } from '../../http/content-type.ts';
import { absent } from '../../vfs/places.ts';
import { SELECTION_MS } from '../../vfs/selections.ts';
import { API_URL } from '../api-url.ts';
import { problemAnswer } from '../problems.ts';
import { type Call, type Later, type Route, reply, route } from '../route.ts';
import { archive, archiveBody, archiveParams } from '../schemas/files.ts';
import type { FileParts } from './parts.ts';

/**
 * Several files as one. A browser cannot save what a script fetched without holding it in memory, so the files are named by
 * one request and fetched by another, which is a link.
 */
export function archiveRoutes(parts: Later<FileParts>): readonly Route[] {
  return [
    route({
      ...{ method: 'POST', path: '/archive', summary: 'Name files to fetch as one; the link is good for a minute' },
      body: archiveBody,
      answers: { 201: { about: 'Where they are fetched', schema: archive } },
      handle: async (call) => {
        const { files, browsing, clock, selections } = parts();
        const paths = [...new Set(call.body.paths)];
        // What cannot be had is told now: in the middle of an archive nothing can be said any more.
        for (const path of paths) {
          const { kind } = await files.stat(call.session, path);
          if (kind === 'folder') return problemAnswer('is-folder', call.language, { about: path });
          await browsing.mustRead(call.session, path);
        }
        const id = await selections.put(ownerOf(call.session), paths);
        if (id === undefined)
          return problemAnswer('too-many-requests', call.language, { headers: { 'Retry-After': 60 } });
        const until = new Date(clock.now() + SELECTION_MS).toISOString();
        return reply({ url: `${API_URL}/archive/${id}`, until }, 201);
      },
    }),
    route({
      ...{ method: 'GET', path: '/archive/{id}', summary: 'The files that were named, as one ZIP archive' },
      params: archiveParams,
      answers: { 200: { about: 'Files as they are, not compressed', media: 'application/zip' } },
      handle: async (call) => archiveOf(call, parts()),
    }),
  ];
}

async function archiveOf(call: Call<{ readonly id: string }>, parts: FileParts): Promise<HttpAnswer> {
  const paths = await parts.selections.get(ownerOf(call.session), call.params.id);
  if (paths === undefined) throw absent();
  const name = `${new Date(parts.clock.now()).toISOString().slice(0, 19).replaceAll(':', '-')}.zip`;
  const headers = { 'Content-Type': 'application/zip', 'Content-Disposition': contentDisposition(name, 'attachment') };
  return { status: 200, headers, body: makeZip(members(call.session, paths, parts)) };
}

/** Each file is opened when its turn comes, as any other download: decided, written down, then read. */
async function* members(session: Session, paths: readonly VPath[], { files }: FileParts) {
  const shared = sharedParts(paths);
  for (const path of paths) {
    const { entry, body } = await files.read(session, path);
    // Programs on Windows take a backslash for a folder, and ..\ for the one above.
    const name = partsOf(path).slice(shared).join('/').replaceAll('\\', '_');
    yield {
      name,
      lastModified: new Date(entry.modifiedAt),
      size: entry.size,
      input: body as AsyncIterable<Uint8Array>,
    };
  }
}

/** How many folders all paths have in common from the root on. */
function sharedParts(paths: readonly VPath[]): number {
  const [first = [], ...others] = paths.map((path) => partsOf(path).slice(0, -1));
  const differs = first.findIndex((part, index) => others.some((parts) => parts[index] !== part));
  return differs === -1 ? first.length : differs;
}

/** Nobody but who named them, from where he did. */
function ownerOf({ fingerprint, remoteAddress }: Session): string {
  return `${fingerprint} ${remoteAddress}`;
}
