import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import ssh2, { type Client } from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LiveSession } from '../../src/access/live-sessions.ts';
import { askGateway } from '../../src/ops/control-socket.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { clientV2 } from '../support/proxy-headers.ts';
import { hasTool, toolPath } from '../support/tools.ts';

/** Where the proxy connects from, where a partner comes from, and where somebody else does. */
const [PROXY, PARTNER, STRANGER] = ['127.0.0.2', '127.0.0.9', '127.0.0.8'] as const;

const FRONTENDS = [
  { protocol: 'https', header: 'send-proxy-v2' },
  { protocol: 'https', header: 'send-proxy' },
  { protocol: 'sftp', header: 'send-proxy-v2 proxy-v2-options crc32c,unique-id' },
  { protocol: 'sftp', header: 'send-proxy' },
] as const;

let gateway: RunningGateway;
let audit: AuditTrail;
let haproxy: ChildProcess;
let ports: readonly number[];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function configuration(): string {
  const sections = FRONTENDS.map(({ protocol, header }, index) => {
    const behind = protocol === 'https' ? gateway.https : gateway.sftp;
    return `listen l${index}
  bind 127.0.0.1:${ports[index]}
  unique-id-format %pid
  source ${PROXY}
  server gateway 127.0.0.1:${behind} ${header} check inter 200`;
  });
  const defaults = 'defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 30s\n  timeout server 30s';
  return `global\n  maxconn 100\n${defaults}\n${sections.join('\n')}\n`;
}

describe.skipIf(!hasTool('haproxy'))('behind HAProxy', () => {
  beforeAll(async () => {
    gateway = await startGateway({
      change: {
        'gateway.yaml': (text) =>
          text
            .replaceAll('accessMethod: line', `accessMethod: line\n    proxies: [${PROXY}]`)
            .replace('processes: 1', 'processes: 3'),
        'partners/ksz.yaml': (text) => text.replace('address: 127.0.0.1', `address: ${PARTNER}`),
      },
    });
    audit = new AuditTrail(gateway);
    ports = await Promise.all(FRONTENDS.map(freePort));
    const file = join(gateway.folder, 'haproxy.cfg');
    await writeFile(file, configuration());
    haproxy = spawn(toolPath('haproxy') ?? 'haproxy', ['-f', file, '-db'], { stdio: 'ignore' });
    await Promise.all(ports.map((port) => eventually(`port ${port}`, () => opens(port))));
  });
  afterAll(async () => {
    const gone = once(haproxy, 'exit');
    haproxy.kill();
    await gone;
    await gateway.stop();
    await removeFolder(gateway);
  });

  test.each(FRONTENDS.map((one, index) => ({ ...one, index })))(
    '$protocol with $header: the address is the client’s, everywhere',
    async ({ protocol, index }) => {
      const close = await comesIn(protocol, PARTNER, ports[index] ?? 0);
      const [session] = await sessions();
      close();
      const name = protocol === 'https' ? 'webdav' : 'sftp';
      expect(session).toMatchObject({ principal: 'batch@ksz', protocol: name, address: PARTNER });
      const fields = { session: session?.id ?? '', address: PARTNER, protocol: name };
      await audit.line({ kind: 'login', outcome: 'done', fields });
      await eventually('nobody inside', async () => ((await sessions()).length === 0 ? true : undefined));
    },
  );

  test.each(FRONTENDS.map((one, index) => ({ ...one, index })))(
    '$protocol with $header: an address that is not the partner’s is refused',
    async ({ protocol, index }) => {
      await expect(comesIn(protocol, STRANGER, ports[index] ?? 0)).rejects.toThrow();
      const fields = { reason: 'address-not-registered', address: STRANGER, principal: 'batch@ksz' };
      await audit.line({ kind: 'login', outcome: 'refused', fields });
    },
  );

  test.each([
    { version: 1, header: Buffer.from(`PROXY TCP4 ${PARTNER} 127.0.0.1 50000 443\r\n`) },
    { version: 2, header: clientV2(PARTNER) },
  ])('a forged header of version $version is refused: from elsewhere, and from behind the proxy', async (forged) => {
    const all = [gateway.https, gateway.sftp, ...ports];
    // Each from an address of its own: who fails often is not heard any more.
    const from = all.map((_, index) => `127.0.${forged.version}.${index + 1}`);
    for (const [index, port] of all.entries()) {
      const socket = connect({ host: '127.0.0.1', port, localAddress: from[index] });
      socket.on('error', () => undefined).resume();
      socket.write(forged.header);
      await once(socket, 'close');
    }
    for (const address of from) {
      await audit.line({
        kind: 'proxy-header',
        outcome: 'refused',
        fields: { reason: 'proxy-header-forged', address },
      });
    }
    expect(await sessions()).toEqual([]);
  });

  test('who comes without the proxy comes from where he is, and health checks leave no trace', async () => {
    const close = await comesIn('sftp', PARTNER, gateway.sftp);
    expect((await sessions())[0]).toMatchObject({ address: PARTNER });
    close();
    const reasons = (await audit.all({ kind: 'proxy-header' })).map(({ fields }) => fields.reason);
    expect(new Set(reasons)).toEqual(new Set(['proxy-header-forged']));
    expect(await audit.all({ kind: 'login', fields: { address: PROXY } })).toEqual([]);
  });
});

async function opens(port: number): Promise<true | undefined> {
  const socket = connect({ host: '127.0.0.1', port, localAddress: STRANGER });
  return new Promise((resolve) => {
    socket.once('error', () => resolve(undefined));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

async function sessions(): Promise<readonly LiveSession[]> {
  const answer = await askGateway(join(gateway.data, 'control.sock'), { command: 'sessions', arguments: ['list'] });
  return answer as readonly LiveSession[];
}

/** Comes in as batch@ksz, with a request. @returns what ends the connection. @throws Error where it is refused */
async function comesIn(protocol: 'https' | 'sftp', from: string, port: number): Promise<() => void> {
  return protocol === 'https' ? byHttps(from, port) : bySftp(from, port);
}

async function byHttps(from: string, port: number): Promise<() => void> {
  const names = ['server-ca.pem', 'batch@ksz.pem', 'batch@ksz.key'];
  const [ca, cert, key] = await Promise.all(names.map((name) => readFile(join(gateway.certificates, name))));
  const where = { host: '127.0.0.1', port, localAddress: from };
  const socket: TLSSocket = connectTls({ ...where, ca, cert, key });
  socket.on('error', () => undefined);
  socket.write('GET /files/IN/ HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const text = await new Promise<string>((resolve) => {
    socket.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    socket.once('close', () => resolve(''));
  });
  if (!text.startsWith('HTTP/1.1 200')) throw new Error(`refused: ${text.slice(0, 40)}`);
  return () => socket.destroy();
}

async function bySftp(from: string, port: number): Promise<() => void> {
  const client: Client = new ssh2.Client();
  const privateKey = await readFile(join(gateway.certificates, 'batch@ksz.ssh'));
  await new Promise<void>((resolve, reject) => {
    client.on('error', reject);
    client.on('close', () => reject(new Error('closed')));
    client.on('ready', () => resolve());
    const sock = connect({ host: '127.0.0.1', port, localAddress: from });
    client.connect({ sock, username: 'batch@ksz', privateKey });
  });
  return () => client.end();
}
