import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { RunningGateway } from './gateway.ts';
import { HttpConnection, type RawAnswer } from './http-connection.ts';
import { readMultistatus } from './multistatus.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/clients', import.meta.url));
/** Finder cuts its uploads into chunks of this many bytes. */
const CHUNK_BYTES = 8192;

/** One recorded request of a client, and what must hold of its answer. */
export type Step = {
  readonly title: string;
  readonly request: string;
  readonly status: number;
  readonly rules: readonly string[];
};

/**
 * Reads a sequence of test/fixtures/clients. After its heading, each step is
 * ```text
 * === what the client wants
 * METHOD /path HTTP/1.1        the request as it goes over the wire; {names} are filled in, {length} is that of the body
 * --- 201                      the status that is expected, then rules for the answer, one a line:
 * header NAME: VALUE           a header with this value     no-header NAME
 * body TEXT                    the whole body               has TEXT / lacks TEXT   anywhere in the body
 * hrefs A B                    the resources of a 207, in any order
 * shows PATH / hides PATH      among them or not
 * prop STATUS NAMESPACE NAME   a property of the first of them, with "= TEXT" its value
 * keep NAME REGEXP             fills {NAME} from here on with what the group matches in the answer
 * ```
 */
export async function readSequence(name: string): Promise<readonly Step[]> {
  const text = await readFile(`${FIXTURES}/${name}.http`, 'utf8');
  return text
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const [title = '', rest = ''] = cut(part, '\n');
      const [request = '', expected = ''] = cut(rest, '\n--- ');
      const [status = '', rules = ''] = cut(expected, '\n');
      return { title, request, status: Number(status), rules: rules.split('\n').filter((line) => /^[a-z]/.test(line)) };
    });
}

/** Replays sequences as one client: on one connection, with what earlier answers told it. */
export class Replay {
  readonly #connection: HttpConnection;
  readonly #known: Record<string, string>;

  constructor(gateway: RunningGateway, account: string, values: Readonly<Record<string, string>>) {
    this.#connection = new HttpConnection(gateway, account);
    this.#known = { host: `127.0.0.1:${gateway.https}`, ...values };
  }

  /** @returns what each step that broke a rule got; empty is good */
  async run(steps: readonly Step[]): Promise<readonly string[]> {
    const faults: string[] = [];
    for (const { title, request, status, rules } of steps) {
      const wire = onTheWire(request, this.#known);
      const answer = await this.#connection.ask(wire, request.slice(0, request.indexOf(' ')));
      const isRight = answer.status === status;
      const broken = isRight ? rules.filter((rule) => !holds(rule, answer, this.#known)) : [`status ${status}`];
      if (broken.length > 0) faults.push(`${title}: ${broken.join('; ')}\n${answer.head}\n${answer.body}`);
    }
    return faults;
  }

  close(): void {
    this.#connection.close();
  }
}

/** The bytes of a request: CRLF after each line of its head, the body as it stands, in chunks where the head says so. */
function onTheWire(request: string, values: Readonly<Record<string, string>>): Buffer {
  const [head = '', rawBody = ''] = cut(request, '\n\n');
  const body = Buffer.from(fill(rawBody, values));
  const filled = fill(head, { ...values, length: String(body.length) });
  const start = Buffer.from(`${filled.trimEnd().split('\n').join('\r\n')}\r\n\r\n`);
  return Buffer.concat([start, /^transfer-encoding: chunked$/im.test(filled) ? chunked(body) : body]);
}

function chunked(body: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; at += CHUNK_BYTES) {
    const piece = body.subarray(at, at + CHUNK_BYTES);
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]);
}

/** @throws Error for a name nobody has given a value */
function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{([a-z]+)\}/gi, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`nothing is known as {${name}}`);
    return value;
  });
}

type Check = (rest: string, answer: RawAnswer) => boolean;

const CHECKS: Readonly<Record<string, Check>> = {
  header: (rest, { head }) => {
    const [name = '', value = ''] = cut(rest, ': ');
    return headerOf(head, name) === value;
  },
  'no-header': (rest, { head }) => headerOf(head, rest) === undefined,
  body: (rest, { body }) => body.toString() === rest,
  has: (rest, { body }) => body.toString().includes(rest),
  lacks: (rest, { body }) => !body.toString().includes(rest),
  hrefs: (rest, answer) => hrefsOf(answer).toSorted().join(' ') === rest.split(' ').toSorted().join(' '),
  shows: (rest, answer) => hrefsOf(answer).includes(rest),
  hides: (rest, answer) => !hrefsOf(answer).includes(rest),
  prop: (rest, { body }) => {
    const [wanted = '', text] = cut(rest, ' = ');
    const [status, ...name] = wanted.split(' ');
    const told = readMultistatus(body.toString())[0]?.properties.get(name.join(' '));
    return told?.status === Number(status) && (text === undefined || told.text === text);
  },
};

function holds(rule: string, answer: RawAnswer, known: Record<string, string>): boolean {
  const [verb = '', rest = ''] = cut(rule, ' ');
  if (verb === 'keep') {
    const [name = '', pattern = ''] = cut(rest, ' ');
    const found = new RegExp(pattern, 'im').exec(`${answer.head}\n${answer.body}`)?.[1];
    if (found !== undefined) known[name] = found;
    return found !== undefined;
  }
  const check = CHECKS[verb];
  if (check === undefined) throw new Error(`no rule is called ${verb}`);
  return check(fill(rest, known), answer);
}

function headerOf(head: string, name: string): string | undefined {
  const line = head.split('\r\n').find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}: `));
  return line?.slice(name.length + 2);
}

function hrefsOf({ body }: RawAnswer): readonly string[] {
  return readMultistatus(body.toString()).map(({ href }) => href);
}

/** What stands before the first separator and what after it. */
function cut(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
