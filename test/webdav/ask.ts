import type { RunningGateway } from '../support/gateway.ts';
import { type RawAnswer, rawClient } from './raw-client.ts';

export type Ask = (
  method: string,
  target: string,
  headers?: readonly string[],
  body?: string | Buffer,
) => Promise<RawAnswer>;

/**
 * Asks a started gateway as one of the demo's accounts, each request on a connection of its own. A body is counted, unless
 * a header says that it is chunked.
 */
export async function askAs(gateway: RunningGateway, account: string): Promise<Ask> {
  const client = await rawClient(gateway.certificates, gateway.https, account);
  return (method, target, headers = [], body = '') => {
    const framed = body.length === 0 || headers.some((header) => header.startsWith('Transfer-Encoding'));
    const length = framed ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
    const lines = ['Host: localhost', ...headers, ...length].map((header) => `${header}\r\n`).join('');
    return client.ask(Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines}\r\n`), Buffer.from(body)]));
  };
}

export const bodyOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4);

export const headerOf = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}: (.*)\\r$`, 'im').exec(text)?.[1];
