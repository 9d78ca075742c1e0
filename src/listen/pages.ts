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

/** A bare HTTP/1.1 message for a connection whose request could not be parsed. */
export function rawAnswer(status: number, reason: string): string {
  const body = `${reason}\n`;
  return (
    `HTTP/1.1 ${status} ${reason}\r\nServer: Sluis\r\nDate: ${new Date().toUTCString()}\r\n` +
    `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`
  );
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
