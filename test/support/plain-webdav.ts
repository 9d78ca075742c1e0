import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpHandler } from '../../src/domain/http.ts';
import type { Logger } from '../../src/domain/logger.ts';
import type { Session } from '../../src/domain/principal.ts';
import { serve } from '../../src/listen/exchange.ts';

export type PlainTwin = { readonly port: number; close(): Promise<void> };

/**
 * The WebDAV handler behind plain HTTP on 127.0.0.1 with one fixed session, for programs that cannot show a client
 * certificate (litmus). It exists for tests only: nothing in the configuration can open it.
 */
export async function openPlainTwin(
  options: { readonly handler: HttpHandler; readonly session: Session; readonly logger: Logger },
  port = 0,
): Promise<PlainTwin> {
  const { handler, session, logger } = options;
  const parts = { handler, logger, minBodyBytesPerSecond: 1000, traffic: { pass: () => undefined } };
  const server = createServer({ requestTimeout: 0, requireHostHeader: false, maxHeaderSize: 16 * 1024 });
  server.maxHeadersCount = 0;
  for (const event of ['request', 'checkContinue', 'checkExpectation']) {
    server.on(event, (message, response) => void serve(message, response, session, parts, false));
  }
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
