import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';

export type RawAnswer = { readonly status: number; readonly interim: readonly number[]; readonly text: string };
export type RawClient = { open(): Promise<TLSSocket>; ask(request: string | Buffer): Promise<RawAnswer> };

const DEADLINE_MS = 8_000;

/** Speaks bytes, not HTTP, over TLS with the certificate of `batch@ksz`. */
export async function rawClient(certs: string, port: number, name = 'batch@ksz'): Promise<RawClient> {
  const [ca, cert, key] = await Promise.all(
    ['server-ca.pem', `${name}.pem`, `${name}.key`].map((file) => readFile(join(certs, file))),
  );
  const open = (): Promise<TLSSocket> =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', servername: 'localhost', port };
      const socket = connect({ ...options, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) });
      socket.once('error', reject);
      socket.once('secureConnect', () => resolve(socket));
    });
  return { open, ask: async (request) => answerOn(await open(), request) };
}

/** Sends a request and reads until the server closes or a whole answer has come. Status 0: closed without an answer. */
export function answerOn(socket: TLSSocket, request: string | Buffer): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const isHead = request.toString().startsWith('HEAD ');
    const done = (): void => {
      clearTimeout(deadline);
      socket.destroy();
      resolve(parse(Buffer.concat(chunks).toString('latin1')));
    };
    const deadline = setTimeout(done, DEADLINE_MS);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (isWhole(Buffer.concat(chunks).toString('latin1'), isHead)) done();
    });
    socket.on('close', done);
    socket.on('error', () => undefined);
    socket.write(request);
  });
}

function parse(text: string): RawAnswer {
  const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map((match) => Number(match[1]));
  const final = statuses.findIndex((status) => status >= 200);
  return { status: statuses[final] ?? 0, interim: statuses.filter((status) => status < 200), text };
}

function isWhole(text: string, isHead: boolean): boolean {
  const body = text.replace(/^(HTTP\/1\.1 1\d\d [^\r]*\r\n(?:[^\r]+\r\n)*\r\n)+/, '');
  const end = body.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const head = body.slice(0, end);
  if (isHead || /^HTTP\/1\.1 (204|304) /.test(head)) return true;
  const length = /\r\ncontent-length: (\d+)/i.exec(head);
  if (length) return body.length - end - 4 >= Number(length[1]);
  return body.endsWith('0\r\n\r\n');
}
