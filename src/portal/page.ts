import type { HttpAnswer } from '../domain/http.ts';
import type { Language } from '../domain/partner.ts';

/** Pages run nothing and load nothing; a form may only come back to this gateway. */
const PAGE_POLICY = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/** HTML that was made here; texts get into it by `html` alone, which escapes them. */
export type Html = { readonly html: string };

/** Joins texts and pieces of HTML. Every text is escaped. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html {
  const written = values.map((value) => {
    if (typeof value === 'string') return escapeHtml(value);
    return 'html' in value ? value.html : value.map((piece) => piece.html).join('');
  });
  return { html: parts.map((part, index) => part + (written[index] ?? '')).join('') };
}

/** One page with a heading. */
export function page(status: number, language: Language, title: string, content: Html): HttpAnswer {
  const document = html`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title></head>
<body><main><h1>${title}</h1>
${content}</main></body></html>
`;
  return {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Language': language,
      'Content-Security-Policy': PAGE_POLICY,
      Vary: 'Accept-Language',
    },
    body: document.html,
  };
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
