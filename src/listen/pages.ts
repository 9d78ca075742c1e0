import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { HttpAnswer } from '../domain/http.ts';

/** A sentence as plain text. It names nothing of the server. */
export function plainAnswer(status: number, sentence: string): HttpAnswer {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: `${sentence}\n` };
}

/** Why somebody may not come in, and who helps: a page for browsers, a problem for the pages of the portal, text for programs. */
export function refusalAnswer(status: number, refusal: CodedRefusal, accept: string | undefined): HttpAnswer {
  if (accept?.includes('application/problem+json')) return refusalProblem(status, refusal);
  if (!accept?.includes('text/html')) return plainAnswer(status, plainRefusal(refusal));
  const title = escapeHtml(refusal.title);
  return {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Language': refusal.language,
      'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${styleDigest()}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
    },
    body:
      `<!doctype html>\n<html lang="${escapeHtml(refusal.language)}"><head><meta charset="utf-8">` +
      `<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">` +
      `<title>${title}</title><style>${STYLE}</style></head>\n` +
      `<body><main><h1>${title}</h1><p>${escapeHtml(refusal.sentence)}</p>${helpHtml(refusal)}</main></body></html>\n`,
  };
}

/** What a refused visitor reads, in one language. */
export type RefusalText = {
  readonly title: string;
  readonly sentence: string;
  readonly language: string;
  /** Who helps, line by line, and what to tell him. */
  readonly help?:
    | {
        readonly lines: readonly {
          readonly label: string;
          readonly value: string;
          readonly href?: string | undefined;
        }[];
        readonly advice: string;
      }
    | undefined;
  readonly reference?: string | undefined;
};

type CodedRefusal = RefusalText & { readonly code?: string | undefined };

const STYLE =
  ':root{font:1rem/1.5 system-ui,sans-serif;color-scheme:light dark}body{margin:0;padding:8vh 1.5rem}' +
  'main{max-width:38rem;margin:auto;border-top:.3rem solid #0e7490;padding-top:1.5rem}h1{font-size:1.6rem;margin:0 0 1rem}' +
  'dl{display:grid;grid-template-columns:max-content 1fr;gap:.4rem 1.5rem;margin:2rem 0 1rem}dt{opacity:.8}' +
  'dd{margin:0;font-weight:600;overflow-wrap:anywhere}a{color:inherit}';

function styleDigest(): string {
  return createHash('sha256').update(STYLE).digest('base64');
}

function helpHtml({ help }: RefusalText): string {
  if (help === undefined) return '';
  const lines = help.lines.map(({ label, value, href }) => {
    const text = escapeHtml(value);
    const shown = href === undefined ? text : `<a href="${escapeHtml(href)}">${text}</a>`;
    return `<dt>${escapeHtml(label)}</dt><dd>${shown}</dd>`;
  });
  return `\n<dl>${lines.join('')}</dl><p>${escapeHtml(help.advice)}</p>`;
}

function plainRefusal({ title, sentence, help }: RefusalText): string {
  const lines = help?.lines.map(({ label, value }) => `\n${label}: ${value}`) ?? [];
  return `${title}: ${sentence}${lines.join('')}`;
}

/** RFC 9457 */
function refusalProblem(
  status: number,
  { title, sentence, language, reference, code = 'refused' }: CodedRefusal,
): HttpAnswer {
  const value = { type: `urn:sluis:problem:${code}`, title, status, detail: sentence, code, reference };
  const headers = { 'Content-Type': 'application/problem+json', 'Content-Language': language };
  return { status, headers, body: `${JSON.stringify(value)}\n` };
}

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
