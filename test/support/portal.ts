import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { Description } from './api-description.ts';
import type { RunningGateway } from './gateway.ts';
import type { Answer } from './partner-client.ts';

/** As browsers do. */
const MAX_SOCKETS = 6;

export type Ask = {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly body?: string | Uint8Array | undefined;
};

export type JsonAnswer = Answer & { readonly json: unknown };

/** Asks the portal as a page in a browser does; every answer is held against the description of the API. */
export class PortalClient {
  readonly #agent: Agent;
  readonly #port: number;
  readonly #description: Description;

  private constructor(agent: Agent, port: number, description: Description) {
    this.#agent = agent;
    this.#port = port;
    this.#description = description;
  }

  static async open(gateway: RunningGateway, account: string): Promise<PortalClient> {
    const [ca, cert, key] = await Promise.all(
      ['server-ca.pem', `${account}.pem`, `${account}.key`].map((name) => readFile(join(gateway.certificates, name))),
    );
    const agent = new Agent({ ca, cert, key, keepAlive: true, maxSockets: MAX_SOCKETS });
    return new PortalClient(agent, gateway.https, await Description.shipped());
  }

  /** A request with the header that all requests of pages carry. `path` is below `/api/v1`. */
  async ask(method: string, path: string, { headers = {}, json, body }: Ask = {}): Promise<JsonAnswer> {
    const content = json === undefined ? body : JSON.stringify(json);
    const own = { 'Sec-Fetch-Site': 'same-origin', 'Accept-Language': 'en', 'X-Sluis-Request': '1' };
    const type = json === undefined ? {} : { 'Content-Type': 'application/json' };
    const answer = await this.raw(method, `/api/v1${path}`, {
      headers: { ...own, ...type, ...headers },
      body: content,
    });
    this.#description.holds(method, path.split('?')[0] ?? '', answer);
    return answer;
  }

  /** The value of an answer that is 200. @throws Error with the answer where it is not */
  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const answer = await this.ask('GET', path, { headers });
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.body}`);
    return answer.json;
  }

  /** A request as it stands, to any path. */
  raw(method: string, path: string, { headers = {}, body }: Omit<Ask, 'json'> = {}): Promise<JsonAnswer> {
    const length: Record<string, string> = body === undefined ? {} : { 'Content-Length': `${Buffer.byteLength(body)}` };
    const where = { host: '127.0.0.1', port: this.#port, agent: this.#agent };
    return new Promise((resolve, reject) => {
      const sent = request({ ...where, method, path, headers: { ...length, ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const isJson = /json$/.test(response.headers['content-type'] ?? '') && bytes.length > 0;
          const json: unknown = isJson ? JSON.parse(bytes.toString()) : undefined;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes, json });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
