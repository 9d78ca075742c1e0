import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { type Change, type RunningGateway, startGateway } from '../../support/gateway.ts';

export const PARTNERS = ['ksz', 'rjv', 'rva', 'kbf'] as const;
export type PartnerName = (typeof PARTNERS)[number];

/** What stands in the folder of each partner, which no other has a right in; in NFC. */
export const SECRET = 'sécret.txt';
export const CONTENT = 'of one partner alone\n';

export const folderOf = (partner: string) => `/SHARED/of-${partner}`;

/**
 * A gateway on which every partner has a folder of its own in `/SHARED`.
 * @param change to other files of the configuration, by path below `config/`
 */
export function startPairs(change: Readonly<Record<string, Change>> = {}): Promise<RunningGateway> {
  const folders = PARTNERS.map(
    (partner) => `  - path: ${folderOf(partner)}
    content: reviewed
    approver: Test
    grants:
      - partner: ${partner}
        rights: all
`,
  );
  return startGateway({ change: { ...change, 'folders.yaml': (text) => `${text}${folders.join('')}` } });
}

export type Heard = { readonly status: number; readonly headers: readonly string[]; readonly body: string };

/** Requests of one account over one connection that stays open. */
export class Asker {
  readonly #agent: Agent;
  readonly #port: number;

  private constructor(agent: Agent, port: number) {
    this.#agent = agent;
    this.#port = port;
  }

  static async open({ certificates, https }: RunningGateway, account: string): Promise<Asker> {
    const names = ['server-ca.pem', `${account}.pem`, `${account}.key`];
    const [ca, cert, key] = await Promise.all(names.map((name) => readFile(join(certificates, name))));
    return new Asker(new Agent({ ca, cert, key, keepAlive: true, maxSockets: 1 }), https);
  }

  ask({ method, target, headers = {}, body }: Request): Promise<Heard> {
    const length: Record<string, string> = body === undefined ? {} : { 'Content-Length': `${Buffer.byteLength(body)}` };
    return new Promise((resolve, reject) => {
      const where = { host: '127.0.0.1', port: this.#port, agent: this.#agent };
      const sent = request({ ...where, method, path: target, headers: { ...length, ...headers } }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: headersOf(response.headers), body: text }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** The time of day aside. */
function headersOf(headers: NodeJS.Dict<string | string[]>): readonly string[] {
  return Object.entries(headers)
    .filter(([name]) => name !== 'date')
    .map(([name, value]) => `${name}: ${String(value)}`)
    .sort();
}

export type Request = {
  readonly method: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** What an outsider may hold: names, and a lock token he saw somewhere. */
export type Handles = { readonly lockToken: string; readonly own: string };

const url = (path: string) => `/files${path.split('/').map(encodeURIComponent).join('/')}`;
const api = (call: string, path: string) => `/api/v1/${call}?path=${encodeURIComponent(path)}`;
const LOCK_BODY =
  '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>';
const PATCH_BODY =
  '<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><x xmlns="urn:x">1</x></D:prop></D:set></D:propertyupdate>';

/** Every request an outsider can make about a folder that is not his, and a file in it. */
export function requestsAt(folder: string, { lockToken, own }: Handles): Readonly<Record<string, Request>> {
  const file = `${folder}/${SECRET}`;
  const name = folder.slice('/SHARED/'.length);
  const token = { If: `(<${lockToken}>)` };
  const json = { 'X-Sluis-Request': '1', 'Content-Type': 'application/json' };
  const onFile = (method: string, headers: Request['headers'] = {}, body?: string): Request => ({
    ...{ method, target: url(file), headers },
    ...(body !== undefined && { body }),
  });
  return {
    GET: onFile('GET'),
    'GET of a range': onFile('GET', { Range: 'bytes=0-3' }),
    'GET if it matches': onFile('GET', { 'If-None-Match': '*' }),
    HEAD: onFile('HEAD'),
    OPTIONS: onFile('OPTIONS'),
    PUT: onFile('PUT', {}, 'mine'),
    'PUT if there is one': onFile('PUT', { 'If-Match': '*' }, 'mine'),
    'PUT with the lock token': onFile('PUT', token, 'mine'),
    'PUT of a part': onFile('PUT', { 'Content-Range': 'bytes 4-7/8' }, 'mine'),
    'how far a part is': onFile('PUT', { 'Content-Range': 'bytes */8' }),
    DELETE: onFile('DELETE'),
    'DELETE with the lock token': onFile('DELETE', token),
    'DELETE of the folder': { method: 'DELETE', target: url(folder) },
    MKCOL: { method: 'MKCOL', target: url(`${folder}/new`) },
    'PROPFIND of the file': onFile('PROPFIND', { Depth: '0' }),
    'PROPFIND of the folder': { method: 'PROPFIND', target: `${url(folder)}/`, headers: { Depth: '1' } },
    PROPPATCH: onFile('PROPPATCH', {}, PATCH_BODY),
    LOCK: onFile('LOCK', {}, LOCK_BODY),
    'LOCK again': onFile('LOCK', token),
    UNLOCK: onFile('UNLOCK', { 'Lock-Token': `<${lockToken}>` }),
    'COPY away': onFile('COPY', { Destination: url(`${own}-copy`) }),
    'MOVE away': onFile('MOVE', { Destination: url(`${own}-moved`) }),
    'COPY into': { method: 'COPY', target: url(own), headers: { Destination: url(`${folder}/new`) } },
    'COPY over': { method: 'COPY', target: url(own), headers: { Destination: url(file) } },
    'COPY not over': { method: 'COPY', target: url(own), headers: { Destination: url(file), Overwrite: 'F' } },
    'MOVE over': { method: 'MOVE', target: url(own), headers: { Destination: url(file) } },
    'GET by ..': { method: 'GET', target: `/files/SHARED/x/../${name}/${encodeURIComponent(SECRET)}` },
    'GET by %2e%2e': { method: 'GET', target: `/files/SHARED/x/%2e%2e/${name}/${encodeURIComponent(SECRET)}` },
    'GET in capitals': { method: 'GET', target: url(`/SHARED/${name.toUpperCase()}/${SECRET}`) },
    'GET of the capital twin': { method: 'GET', target: url(`${folder}/${SECRET.toUpperCase()}`) },
    'GET of the NFD twin': { method: 'GET', target: url(`${folder}/${SECRET.normalize('NFD')}`) },
    'GET below the partner': { method: 'GET', target: url(`/${name.replace('of-', '')}${folder}/${SECRET}`) },
    'GET of the intake by partner': { method: 'GET', target: url(`/${name.replace('of-', '')}/IN/ADRM`) },
    'the page’s entry': { method: 'GET', target: api('entry', file) },
    'the page’s content': { method: 'GET', target: api('content', file) },
    'the page’s preview': { method: 'GET', target: api('preview', file) },
    'the page’s folder': { method: 'GET', target: api('folder', folder) },
    'the page’s upload': { method: 'GET', target: api('upload', file) },
    'the page’s DELETE': { method: 'DELETE', target: api('entry', file), headers: json },
    'the page’s PUT': { method: 'PUT', target: api('content', file), headers: json, body: 'mine' },
  };
}
