import { type Later, type Route, reply, route } from '../route.ts';
import { preview, previewQuery } from '../schemas/files.ts';
import type { FileParts } from './parts.ts';
import { shown } from './shown.ts';

/** The beginning of a file, to look at. */
export function previewRoutes(parts: Later<FileParts>): readonly Route[] {
  return [
    route({
      ...{ method: 'GET', path: '/preview', summary: 'The beginning of a file, as text, rows, XML or JSON' },
      query: previewQuery,
      answers: { 200: { about: 'What can be shown of it', schema: preview } },
      handle: async ({ session, query: { path, bytes } }) => {
        const { files } = parts();
        const { entry, body } = await files.read(session, path, { start: 0, end: bytes });
        const pieces: Uint8Array[] = [];
        for await (const piece of body as AsyncIterable<Uint8Array>) pieces.push(piece);
        return reply(shown(entry.name, Buffer.concat(pieces), entry.size > bytes));
      },
    }),
  ];
}
