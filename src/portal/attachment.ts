import type { HttpAnswer } from '../domain/http.ts';

/** Headers of a file that is to be stored and never shown as a page of ours. RFC 6266 §4, RFC 8187 §3.2 */
export function attachment(type: string, name: string): HttpAnswer['headers'] {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
  return {
    'Content-Type': type,
    'Content-Disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`,
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cache-Control': 'private, no-store',
  };
}
