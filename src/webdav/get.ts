import { encodeUrlPath, type HttpAnswer, type HttpRequest } from '../domain/http.ts';
import { contentDisposition, contentType } from '../http/content-type.ts';
import { send } from '../http/send.ts';
import type { Files } from '../vfs/files.ts';
import type { DavParts } from './dav-parts.ts';
import { refuse } from './errors.ts';
import { listingPage } from './listing.ts';

/** GET and HEAD. Folders are shown as a page. */
export async function get(request: HttpRequest, parts: DavParts): Promise<HttpAnswer> {
  return send(request, parts, {
    headersOf: ({ name }) => ({
      'Content-Type': contentType(name),
      'Content-Disposition': contentDisposition(name),
    }),
    folder: () => folder(request, parts.files),
    unsatisfiable: ({ size }, headers) =>
      refuse(416, `the file has ${size} bytes; none of them lies in that range`, { headers }),
  });
}

async function folder(request: HttpRequest, files: Files): Promise<HttpAnswer> {
  if (request.trailingSlash) return listingPage(request, files);
  // Links in the page are relative, so the URL of a folder must end in "/".
  return { status: 302, headers: { Location: encodeUrlPath(request.path, 'folder') } };
}
