/** One answer as it stood on the wire. Header names are lower case. */
export type WireAnswer = {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly isWhole: boolean;
};

/** All answers in the order in which they came; `fault` says where the bytes stopped being HTTP (RFC 9112). */
export type WireAnswers = { readonly answers: readonly WireAnswer[]; readonly fault: string | undefined };

const STATUS_LINE = /^HTTP\/1\.1 ([1-5]\d\d) [\t\x20-\x7e]*$/;
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([\t\x20-\x7e]*)$/;

/** @param bytes all that came, one character for a byte @param isHead whether the first request was a HEAD */
export function readAnswers(bytes: string, isHead: boolean): WireAnswers {
  const answers: WireAnswer[] = [];
  let rest = bytes;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) return { answers, fault: `no whole head: ${JSON.stringify(rest.slice(0, 80))}` };
    const head = readHead(rest.slice(0, end));
    if (typeof head === 'string') return { answers, fault: head };
    const isFirst = answers.every(({ status }) => status < 200);
    const body = readBody(rest.slice(end + 4), head, isHead && isFirst);
    if (typeof body === 'string') return { answers, fault: body };
    answers.push({ ...head, body: body.text, isWhole: body.isWhole });
    rest = rest.slice(end + 4 + body.bytes);
  }
  return { answers, fault: undefined };
}

type Head = Pick<WireAnswer, 'status' | 'headers'>;

function readHead(text: string): Head | string {
  const [first = '', ...lines] = text.split('\r\n');
  const status = STATUS_LINE.exec(first)?.[1];
  if (status === undefined) return `no status line: ${JSON.stringify(first.slice(0, 80))}`;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name = '', value = ''] = HEADER.exec(line) ?? [];
    if (name === '') return `no header: ${JSON.stringify(line.slice(0, 80))}`;
    if (headers.has(name.toLowerCase())) return `${name} stands twice`;
    headers.set(name.toLowerCase(), value);
  }
  return { status: Number(status), headers };
}

type Body = { readonly text: string; readonly bytes: number; readonly isWhole: boolean };

function readBody(rest: string, { status, headers }: Head, isHead: boolean): Body | string {
  const [length, coding] = [headers.get('content-length'), headers.get('transfer-encoding')];
  if (length !== undefined && coding !== undefined) return 'both a length and chunks';
  if (status < 200 || status === 204 || status === 304 || isHead) return { text: '', bytes: 0, isWhole: true };
  if (coding !== undefined) return coding === 'chunked' ? readChunks(rest) : `the transfer coding ${coding}`;
  if (length === undefined) return { text: rest, bytes: rest.length, isWhole: true };
  if (!/^\d+$/.test(length)) return `the length ${length}`;
  const bytes = Math.min(Number(length), rest.length);
  return { text: rest.slice(0, bytes), bytes, isWhole: bytes === Number(length) };
}

function readChunks(rest: string): Body | string {
  let text = '';
  for (let at = 0; ; ) {
    const [line, size] = /^([0-9a-f]+)\r\n/i.exec(rest.slice(at, at + 20)) ?? [];
    if (line === undefined || size === undefined) {
      const isCut = rest.length - at < 20;
      return isCut
        ? { text, bytes: rest.length, isWhole: false }
        : `no chunk: ${JSON.stringify(rest.slice(at, at + 20))}`;
    }
    const from = at + line.length;
    const end = from + Number.parseInt(size, 16);
    if (rest.length < end + 2) return { text: text + rest.slice(from, end), bytes: rest.length, isWhole: false };
    if (rest.slice(end, end + 2) !== '\r\n') return 'a chunk that is longer than it says';
    text += rest.slice(from, end);
    at = end + 2;
    if (end === from) return { text, bytes: at, isWhole: true };
  }
}
