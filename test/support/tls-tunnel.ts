import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { RunningGateway } from './gateway.ts';

/**
 * A local port whose plain bytes go to the gateway over TLS with the certificate of an account: for clients that cannot
 * be given a client certificate without a terminal.
 */
export async function openTunnel(
  { certificates, https }: RunningGateway,
  account: string,
): Promise<{ readonly port: number; close(): void }> {
  const names = ['server-ca.pem', `${account}.pem`, `${account}.key`];
  const [ca, cert, key] = await Promise.all(names.map((name) => readFile(join(certificates, name))));
  const server = createServer((plain) => {
    const secured = connect({ host: '127.0.0.1', port: https, ca, cert, key });
    for (const socket of [plain, secured]) {
      socket.on('error', () => socket.destroy());
      socket.on('close', () => (socket === plain ? secured : plain).end());
    }
    plain.pipe(secured).pipe(plain);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, close: () => server.close() };
}
