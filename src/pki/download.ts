import { type IncomingMessage, request } from 'node:http';

export type DownloadFailure = 'unreachable' | 'timeout' | 'too-large' | 'http-status';

export type Downloaded =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: DownloadFailure; readonly cause?: unknown };

/** Fetches one address of the configuration; with a body it is a POST. Never throws. */
export type Download = (
  url: string,
  body?: { readonly type: string; readonly bytes: Uint8Array },
) => Promise<Downloaded>;

const HTTP_OK = 200;

/**
 * Plain HTTP: what is fetched is signed by itself. One request on a connection of its own, to the address that was given
 * and no other: no redirect, no proxy, no compression.
 * @param limits the whole exchange must end within `timeoutMs`
 */
export function downloader(limits: { readonly timeoutMs: number; readonly maxBytes: number }): Download {
  return async (url, body) => {
    const signal = AbortSignal.timeout(limits.timeoutMs);
    try {
      const response = await ask(url, body, signal);
      if (response.statusCode !== HTTP_OK) {
        response.destroy();
        return { ok: false, reason: 'http-status', cause: new Error(`status ${response.statusCode}`) };
      }
      return await read(response, limits.maxBytes);
    } catch (cause) {
      return { ok: false, reason: signal.aborted ? 'timeout' : 'unreachable', cause };
    }
  };
}

function ask(url: string, body: Parameters<Download>[1], signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = {
      'Accept-Encoding': 'identity',
      ...(body === undefined ? {} : { 'Content-Type': body.type, 'Content-Length': body.bytes.length }),
    };
    const method = body === undefined ? 'GET' : 'POST';
    const outgoing = request(url, { method, headers, signal, agent: false }, resolve);
    outgoing.on('error', reject);
    outgoing.end(body?.bytes);
  });
}

async function read(response: IncomingMessage, maxBytes: number): Promise<Downloaded> {
  const announced = Number(response.headers['content-length'] ?? 0);
  const chunks: Uint8Array[] = [];
  let length = announced > maxBytes ? announced : 0;
  if (length <= maxBytes) {
    for await (const chunk of response) {
      if (!(chunk instanceof Uint8Array)) continue;
      length += chunk.length;
      if (length > maxBytes) break;
      chunks.push(chunk);
    }
  }
  if (length <= maxBytes) return { ok: true, bytes: Buffer.concat(chunks) };
  response.destroy();
  return { ok: false, reason: 'too-large' };
}
