/** A piece of a text with what it is, for its colour. */
export type Token = {
  readonly kind: 'name' | 'text' | 'number' | 'word' | 'mark' | 'comment' | 'plain';
  readonly text: string;
};

const JSON_TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)|([{}[\],:])/g;
const XML_TOKEN = /(<!--[\s\S]*?-->)|(<[/?!]?[\w:.-]+)|([\w:.-]+)(=)("[^"]*"|'[^']*')|(\??\/?>)/g;
const MAX_DEPTH = 60;

/** JSON with its indents; each line of JSON lines by itself. What is cut or broken stays as it is. */
export function indentJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** XML with one element a line, indented. Text that stands beside elements stays with them. */
export function indentXml(text: string): string {
  if (/>\s*\n\s*</.test(text)) return text; // somebody did it already
  let depth = 0;
  const lines: string[] = [];
  for (const piece of text.split(/(?<=>)(?=<)/)) {
    const isEnd = piece.startsWith('</');
    if (isEnd) depth = Math.max(0, depth - 1);
    lines.push('  '.repeat(Math.min(depth, MAX_DEPTH)) + piece);
    const opens = /^<[^/?!]/.test(piece) && !piece.endsWith('/>') && !piece.includes('</');
    if (opens) depth++;
  }
  return lines.join('\n');
}

export function tokensOfJson(text: string): readonly Token[] {
  return tokens(text, JSON_TOKEN, ([, string, colon, number, word, mark]) => {
    if (string !== undefined) {
      const own: Token = { kind: colon === undefined ? 'text' : 'name', text: string };
      return colon === undefined ? [own] : [own, { kind: 'mark', text: colon }];
    }
    if (number !== undefined) return [{ kind: 'number', text: number }];
    if (word !== undefined) return [{ kind: 'word', text: word }];
    return [{ kind: 'mark', text: mark ?? '' }];
  });
}

export function tokensOfXml(text: string): readonly Token[] {
  return tokens(text, XML_TOKEN, ([, comment, tag, attribute, equals, value, end]) => {
    if (comment !== undefined) return [{ kind: 'comment', text: comment }];
    if (tag !== undefined) return [{ kind: 'name', text: tag }];
    if (attribute !== undefined) {
      return [
        { kind: 'word', text: attribute },
        { kind: 'mark', text: equals ?? '' },
        { kind: 'text', text: value ?? '' },
      ];
    }
    return [{ kind: 'name', text: end ?? '' }];
  });
}

function tokens(text: string, pattern: RegExp, read: (match: RegExpMatchArray) => readonly Token[]): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > at) found.push({ kind: 'plain', text: text.slice(at, match.index) });
    found.push(...read(match));
    at = match.index + match[0].length;
  }
  if (at < text.length) found.push({ kind: 'plain', text: text.slice(at) });
  return found;
}
