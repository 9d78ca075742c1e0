import type { Duplex } from 'node:stream';
import type { HttpAnswer } from '../domain/http.ts';

/** A sentence as plain text. It names nothing of the server. */
export function plainAnswer(status: number, sentence: string): HttpAnswer {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: `${sentence}\n` };
}

/** One sentence for somebody who may not come in: a page for browsers, plain text for programs. */
export function refusalAnswer(status: number, refusal: RefusalText, accept: string | undefined): HttpAnswer {
  if (!accept?.includes('text/html')) return plainAnswer(status, `${refusal.title}: ${refusal.sentence}`);
  const title = escapeHtml(refusal.title);
  return {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Language': refusal.language },
    body:
      `<!doctype html>\n<html lang="${escapeHtml(refusal.language)}"><head><meta charset="utf-8">` +
      `<meta name="viewport" content="width=device-width"><title>${title}</title></head>\n` +
      `<body><main><h1>${title}</h1><p>${escapeHtml(refusal.sentence)}</p></main></body></html>\n`,
  };
}

/** What a refused visitor reads, in one language. */
export type RefusalText = { readonly title: string; readonly sentence: string; readonly language: string };

/** How long the other side may take to read the last words. */
const LAST_WORDS_MS = 1_000;

/** Ends a connection whose request could not be parsed with a bare HTTP/1.1 message. */
export function endWith(socket: Duplex, status: number, reason: string): void {
  if (socket.writable) socket.end(rawAnswer(status, reason));
  socket.resume();
  setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref();
}

function rawAnswer(status: number, reason: string): string {
  const body = `${reason}\n`;
  return (
    `HTTP/1.1 ${status} ${reason}\r\nServer: Sluis\r\nDate: ${new Date().toUTCString()}\r\n` +
    "X-Content-Type-Options: nosniff\r\nContent-Security-Policy: default-src 'none'\r\nCache-Control: no-store\r\n" +
    `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`
  );
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
