import type { HttpRequest } from '../domain/http.ts';
import type { Invalid } from './route.ts';

/** A thousand paths of ordinary length. */
const MAX_BODY_BYTES = 512 * 1024;

/** The value of a JSON body (RFC 8259): UTF-8, one value, not too long. */
export async function readJson(request: HttpRequest): Promise<'wrong-type' | Invalid | { readonly value: unknown }> {
  if (!isJsonType(request.headers.get('content-type'))) return 'wrong-type';
  const bytes = await readSmall(request);
  if (bytes === undefined) return fault(`a request has at most ${MAX_BODY_BYTES} bytes of JSON`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { value: JSON.parse(text) as unknown };
  } catch {
    return fault('the body of the request is not JSON in UTF-8');
  }
}

function fault(detail: string): Invalid {
  return { invalid: [{ pointer: '/body', detail }] };
}

function isJsonType(header: string | undefined): boolean {
  const [type = '', ...parameters] = (header ?? '').split(';').map((part) => part.trim().toLowerCase());
  return type === 'application/json' && parameters.every((one) => /^charset="?utf-8"?$/.test(one));
}

/** Undefined where there is too much. */
async function readSmall({ body }: HttpRequest): Promise<Uint8Array | undefined> {
  if ((body.length ?? 0) > MAX_BODY_BYTES) return undefined;
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > MAX_BODY_BYTES) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
