/** Shown in the browser, always as plain text: never rendered, whatever the bytes are. */
const SHOWN: ReadonlySet<string> = new Set(['txt', 'csv', 'xml', 'json', 'jsonl', 'log', 'md']);

/** What a file is sent as; the same on GET, HEAD and in PROPFIND. */
export function contentType(name: string): string {
  return isShown(name) ? 'text/plain; charset=utf-8' : 'application/octet-stream';
}

/** `attachment` unless it may be shown and is to be; the name in both forms of RFC 6266 §4.3 and RFC 8187. */
export function contentDisposition(name: string, wanted: 'as-shown' | 'attachment' = 'as-shown'): string {
  const fallback = name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
  return `${wanted === 'as-shown' && isShown(name) ? 'inline' : 'attachment'}; filename="${fallback}"; filename*=UTF-8''${encoded}`;
}

function isShown(name: string): boolean {
  return SHOWN.has(name.slice(name.lastIndexOf('.') + 1).toLowerCase());
}
