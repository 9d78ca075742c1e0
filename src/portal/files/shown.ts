import Papa from 'papaparse';
import type { Preview } from '../schemas/files.ts';

const MAX_ROWS = 200;
const MAX_COLUMNS = 200;
const DELIMITERS = [';', ',', '\t', '|'];
/** No text of these charsets holds them (C0 but for tab, line feed, form feed and carriage return). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NEVER_IN_TEXT = /[\x00-\x08\x0b\x0e-\x1f]/;

/**
 * What of a file can be shown. The charset is told from its bytes: a mark at the beginning, valid UTF-8, else Latin-1.
 * @param isCut whether the file goes on behind these bytes
 */
export function shown(name: string, bytes: Uint8Array, isCut: boolean): Preview {
  const text = decoded(bytes, isCut);
  if (text === undefined) return { kind: 'binary', charset: null, truncated: isCut };
  const kind = kindOf(name, text.value, isCut);
  const answer = { kind, charset: text.charset, truncated: isCut, text: text.value };
  if (kind !== 'csv') return answer;
  const { data } = Papa.parse<string[]>(whole(text.value, isCut), {
    preview: MAX_ROWS,
    delimitersToGuess: DELIMITERS,
    skipEmptyLines: true,
  });
  const rows = data.map((row) => row.slice(0, MAX_COLUMNS));
  return { ...answer, truncated: isCut || data.length === MAX_ROWS, rows };
}

function decoded(bytes: Uint8Array, isCut: boolean): { readonly value: string; readonly charset: string } | undefined {
  const mark = Buffer.from(bytes.subarray(0, 2)).toString('hex');
  const marked = { fffe: 'utf-16le', feff: 'utf-16be' }[mark];
  const charset = marked ?? (isUtf8(bytes, isCut) ? 'utf-8' : 'iso-8859-1');
  // "stream": the end of what is shown may lie in the middle of a character.
  const value =
    charset === 'iso-8859-1'
      ? Buffer.from(bytes).toString('latin1')
      : new TextDecoder(charset).decode(bytes, { stream: isCut });
  return NEVER_IN_TEXT.test(value) ? undefined : { value, charset };
}

function isUtf8(bytes: Uint8Array, isCut: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
    return true;
  } catch {
    return false;
  }
}

/** By what stands in it, and only where that leaves a doubt by its name. */
function kindOf(name: string, text: string, isCut: boolean): 'text' | 'csv' | 'xml' | 'json' {
  const start = text.trimStart();
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  if (/^<(\?xml|[A-Za-z_!])/.test(start)) return 'xml';
  if (/^[[{]/.test(start) && (['json', 'jsonl'].includes(ending) || isJson(text, isCut))) return 'json';
  if (['csv', 'tsv'].includes(ending)) return 'csv';
  return isTable(whole(text, isCut)) ? 'csv' : 'text';
}

/** One value, or one on each line. */
function isJson(text: string, isCut: boolean): boolean {
  const [first = ''] = text.split('\n', 1);
  return [isCut ? first : text, first].some((candidate) => {
    try {
      JSON.parse(candidate);
      return true;
    } catch {
      return false;
    }
  });
}

/** Whether the first lines have the same number of one of the delimiters. */
function isTable(text: string): boolean {
  const lines = text.split(/\r?\n/, 12).filter((line) => line !== '');
  if (lines.length < 2) return false;
  return DELIMITERS.some((delimiter) => {
    const [first = 0, ...others] = lines.map((line) => line.split(delimiter).length);
    return first > 2 && others.every((count) => count === first);
  });
}

/** Without the line that was cut. */
function whole(text: string, isCut: boolean): string {
  return isCut ? text.slice(0, text.lastIndexOf('\n') + 1) : text;
}
