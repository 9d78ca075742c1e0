import { readFile } from 'node:fs/promises';
import type { ClientRequest } from 'node:http';
import { get } from 'node:https';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import type { RunningGateway } from './gateway.ts';

export type Told = { readonly event: string; readonly id: string; readonly data: Readonly<Record<string, unknown>> };

/** Listens to `/api/v1/events` as an EventSource does, on a connection of its own. */
export class Listener {
  readonly told: Told[] = [];
  readonly #request: ClientRequest;
  status: number | undefined;
  ended = false;
  #text = '';

  private constructor(request: ClientRequest) {
    this.#request = request;
    request.on('response', (answer) => {
      this.status = answer.statusCode;
      answer.setEncoding('utf8');
      answer.on('data', (piece: string) => this.#take(piece));
      answer.on('close', () => {
        this.ended = true;
      });
    });
    request.on('error', () => {
      this.ended = true;
    });
  }

  /** Resolves when the answer has begun, and of a stream its first event has come. */
  static async open(gateway: RunningGateway, account: string, lastId?: string): Promise<Listener> {
    const [ca, cert, key] = await Promise.all(
      ['server-ca.pem', `${account}.pem`, `${account}.key`].map((name) => readFile(join(gateway.certificates, name))),
    );
    const headers = { 'Sec-Fetch-Site': 'same-origin', ...(lastId !== undefined && { 'Last-Event-ID': lastId }) };
    const where = {
      host: '127.0.0.1',
      port: gateway.https,
      path: '/api/v1/events',
      agent: false,
      ca,
      cert,
      key,
      headers,
    };
    const listener = new Listener(get(where));
    await eventually(
      'the first event',
      () => (listener.status !== 200 && listener.status !== undefined) || listener.told[0],
    );
    return listener;
  }

  /** The first event of a kind that fits. */
  async first(event: string, fits: (data: Told['data']) => boolean = () => true): Promise<Told> {
    return eventually(`the event ${event}; there were ${JSON.stringify(this.told)}`, () =>
      this.told.find((one) => one.event === event && fits(one.data)),
    );
  }

  close(): void {
    this.#request.destroy();
  }

  #take(piece: string): void {
    this.#text += piece;
    const blocks = this.#text.split('\n\n');
    this.#text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      const data = fields.get('data');
      if (data === undefined) continue;
      this.told.push({
        event: fields.get('event') ?? '',
        id: fields.get('id') ?? '',
        data: JSON.parse(data) as Told['data'],
      });
    }
  }
}
