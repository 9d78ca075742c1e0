import { connect, type SecureVersion, type TLSSocket } from 'node:tls';
import { toPem } from '../../src/pki/issue.ts';
import { AuditTrail } from './audit-trail.ts';
import type { Caller, Class3Gateway } from './class3-gateway.ts';
import { eventually } from './eventually.ts';

export const TLS_VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

/** One reason to be refused, with a twin that differs in that only. */
export type DoorCase = {
  readonly title: string;
  /** Of the audit line; one for each version of TLS where they differ. */
  readonly reason: string | Readonly<Record<(typeof TLS_VERSIONS)[number], string>>;
  /** Part of the field `detail` of the audit line. */
  readonly detail?: string;
  readonly refused: () => Promise<Caller> | Caller;
  readonly twin: () => Promise<Caller> | Caller;
  /** Which of the three listeners; the first where it is left out. */
  readonly listener?: number;
  readonly twinListener?: number;
};

/** What was seen on the wire and in the audit log. */
export type Visit = {
  /** HTTP status; 0 where the connection broke before one. */
  readonly status: number;
  readonly page: string;
  readonly outcome: string | undefined;
  readonly reason: string | undefined;
  readonly detail: string | undefined;
  readonly principal: string | undefined;
};

export type Verdicts = { readonly refused: Visit; readonly twin: Visit };

const AT_ONCE = 8;
const AUDIT_MS = 5_000;
const REQUEST =
  'PROPFIND / HTTP/1.1\r\nHost: localhost\r\nDepth: 0\r\nAccept: text/html\r\nAccept-Language: en\r\nConnection: close\r\n\r\n';

export type DialOptions = {
  readonly port: number;
  readonly serverCa: string;
  readonly version: SecureVersion;
  readonly caller: Caller | undefined;
  readonly localAddress?: string;
  readonly session?: Buffer | undefined;
};

/** A TLS connection at exactly this version; weak keys may be shown, since the gateway is to judge them. */
export function dial({ port, serverCa, version, caller, localAddress, session }: DialOptions): TLSSocket {
  const pem = ({ der }: { readonly der: Uint8Array }) => toPem('CERTIFICATE', der);
  const proof =
    caller === undefined
      ? {}
      : {
          cert: [caller.certificate, ...(caller.chain ?? [])].map(pem).join(''),
          key: caller.key.export({ type: 'pkcs8', format: 'pem' }),
        };
  return connect({
    ...{ host: '127.0.0.1', port, servername: 'localhost', ca: serverCa, minVersion: version, maxVersion: version },
    ...proof,
    ...(localAddress === undefined ? {} : { localAddress }),
    ...(session === undefined ? {} : { session }),
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
}

/** Asks for the root folder and reads until the gateway closes. */
export async function ask(socket: TLSSocket, request = REQUEST): Promise<{ status: number; page: string }> {
  const chunks: Uint8Array[] = [];
  socket.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  socket.on('error', () => undefined);
  socket.once('secureConnect', () => socket.write(request));
  await new Promise((resolve) => socket.once('close', resolve));
  const text = Buffer.concat(chunks).toString('utf8');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
  return { status, page: text };
}

/** Sends everybody of a table to the door, then reads the audit log: it is durable within a second. */
export async function judge(
  gateway: Class3Gateway,
  cases: readonly DoorCase[],
): Promise<ReadonlyMap<string, Verdicts>> {
  const jobs = cases.flatMap((one) =>
    TLS_VERSIONS.flatMap((version) => (['refused', 'twin'] as const).map((part) => ({ one, version, part }))),
  );
  const seen = new Map<string, { address: string; status: number; page: string }>();
  let next = 0;
  const work = async () => {
    for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) {
      const { one, version, part } = job;
      const index = next;
      // Each comes from an address of its own, so that no visit weighs on another and its line is found.
      const localAddress = `127.1.${Math.floor(index / 250)}.${(index % 250) + 1}`;
      const listener = (part === 'twin' ? (one.twinListener ?? one.listener) : one.listener) ?? 0;
      const port = gateway.ports[listener] ?? 0;
      const caller = await one[part]();
      const answer = await ask(dial({ port, serverCa: gateway.serverCa, version, caller, localAddress }));
      seen.set(`${one.title} ${version} ${part}`, { address: localAddress, ...answer });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const lines = await linesByAddress(gateway, new Set([...seen.values()].map(({ address }) => address)));
  const visits = (name: string): Visit => visitOf(seen.get(name), lines.get(seen.get(name)?.address ?? ''));
  return new Map(
    cases.flatMap(({ title }) =>
      TLS_VERSIONS.map((version) => {
        const name = `${title} ${version}`;
        return [name, { refused: visits(`${name} refused`), twin: visits(`${name} twin`) }] as const;
      }),
    ),
  );
}

type Line = { readonly outcome: string; readonly fields: Readonly<Record<string, unknown>> };

async function linesByAddress(gateway: Class3Gateway, wanted: ReadonlySet<string>): Promise<ReadonlyMap<string, Line>> {
  const trail = new AuditTrail(gateway);
  const found = new Map<string, Line>();
  // Whoever has no line is told of by his own test.
  await eventually('an audit line for everybody at the door', look, AUDIT_MS).catch(() => undefined);
  return found;

  async function look(): Promise<true | undefined> {
    for (const kind of ['tls', 'login']) {
      for (const line of await trail.all({ kind })) found.set(String(line.fields.address), line);
    }
    return [...wanted].every((address) => found.has(address)) ? true : undefined;
  }
}

function visitOf(answer: { status: number; page: string } | undefined, line: Line | undefined): Visit {
  const field = (name: string) => (line?.fields[name] === undefined ? undefined : String(line.fields[name]));
  return {
    status: answer?.status ?? 0,
    page: answer?.page ?? '',
    outcome: line?.outcome,
    ...{ reason: field('reason'), detail: field('detail'), principal: field('principal') },
  };
}
