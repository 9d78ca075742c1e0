/**
 * One request as it stands on the wire, and the statuses that must come back in this order. None: closed without one.
 * Expected statuses are written by hand from the RFC named with the cause, or from our own rule where it leaves a choice.
 */
export type Case = {
  readonly what: string;
  readonly bytes: Buffer;
  readonly expected: readonly number[];
  /** The client ends its side after the last byte: a head or body that is not whole stays so. */
  readonly ends?: true;
  /** What the body of the last answer must hold. */
  readonly holds?: string;
  /** Its status rests on what others of the table have not done yet. */
  readonly once?: true;
  /** What the audit log must say of it, where the request came as far as the file tree. */
  readonly audit?: { readonly kind: string; readonly code: string };
};

/** Requests that differ in a value and not in what is wrong with them: at most eight. */
export type Cause = {
  readonly cause: string;
  /** Where it is written what must happen. */
  readonly rule: string;
  /** Differs only in the fault, and is accepted. */
  readonly twin: Case;
  readonly cases: readonly Case[];
};

/**
 * The tree on which all requests are sent: each of these files has the bytes `there`, and the locked one is under an
 * exclusive lock. Requests write `{token}` for its token.
 */
export const WORK = '/files/SHARED/work';
export const FILE = `${WORK}/there.txt`;
export const FOLDER = `${WORK}/dir`;
export const INNER = `${FOLDER}/inner.txt`;
/** Its name has composed letters (NFC). */
export const COMPOSED = `${WORK}/%C3%A9t%C3%A9.txt`;
export const APPENDED = `${WORK}/appended.txt`;
export const LOCKED = `${WORK}/locked.txt`;
export const TOKEN = '{token}';
export const CONTENT = 'there';

export function is(what: string, bytes: string | Buffer, ...expected: readonly number[]): Case {
  return { what, bytes: typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, expected };
}

/** As `is`, for a status that holds until the table has gone on. */
export function once(what: string, bytes: Buffer, ...expected: readonly number[]): Case {
  return { ...is(what, bytes, ...expected), once: true };
}

/** As `is`, by a client that ends its side of the connection after the last byte. */
export function cut(what: string, bytes: string | Buffer, ...expected: readonly number[]): Case {
  return { ...is(what, bytes, ...expected), ends: true };
}

/** A request with a Host. A body gets its Content-Length unless the headers say how long it is. */
export function request(
  method: string,
  target: string,
  headers: readonly string[] = [],
  body: string | Buffer = '',
): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
  const isFramed = headers.some((header) => /^(content-length|transfer-encoding)\b/i.test(header));
  const framing = bytes.length === 0 || isFramed ? [] : [`Content-Length: ${bytes.length}`];
  return Buffer.concat([raw(`${method} ${target} HTTP/1.1`, 'Host: localhost', ...headers, ...framing), bytes]);
}

/** Lines of a head as they stand, ended by CRLF and an empty line. */
export function raw(...lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** A request for a file with one more header, or several. */
export const get = (...headers: readonly string[]): Buffer => request('GET', FILE, headers);

export const put = (name: string, headers: readonly string[] = [], body: string | Buffer = 'x'): Buffer =>
  request('PUT', `${WORK}/${name}`, headers, body);

/** A PUT without a body of its own: the headers say what should follow, `rest` is what does. */
export const framed = (name: string, headers: readonly string[], rest: string | Buffer = ''): Buffer =>
  Buffer.concat([request('PUT', `${WORK}/${name}`, headers), Buffer.from(rest)]);

export const copy = (...headers: readonly string[]): Buffer => request('COPY', FILE, headers);

export const join = (...requests: readonly (Buffer | string)[]): Buffer =>
  Buffer.concat(requests.map((one) => (typeof one === 'string' ? Buffer.from(one, 'latin1') : one)));

export const many = (count: number, one: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => one(index));
