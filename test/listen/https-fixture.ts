import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdmissionDesk } from '../../src/access/admission-desk.ts';
import { WaitingRoom } from '../../src/access/waiting-room.ts';
import { systemClock } from '../../src/domain/clock.ts';
import type { Limits, Listener } from '../../src/domain/generation.ts';
import type { HttpHandler } from '../../src/domain/http.ts';
import { type SharedLimits, sharedLimits } from '../../src/gateway-limits.ts';
import { HttpsListener } from '../../src/listen/https.ts';
import { parseCertificate } from '../../src/pki/certificate.ts';
import { makeDemoPki } from '../../src/pki/demo-ca.ts';
import type { AuditLine } from '../../src/storage/commands.ts';
import { holdPort } from '../support/held-port.ts';
import { fileLists } from '../support/revocation-lists.ts';
import { plainSshDoor } from '../support/ssh-door.ts';
import { type DavTree, KBO, openDavTree } from '../webdav/tree-fixture.ts';

export type HttpsFixture = {
  readonly port: number;
  readonly tree: DavTree;
  /** Logins and refusals. */
  readonly lines: AuditLine[];
  readonly certs: string;
  readonly listener: HttpsListener;
  readonly shared: SharedLimits;
  file(name: string): Promise<string>;
  close(): Promise<void>;
};

export type HttpsFixtureOptions = {
  /** Penalties begin late unless a test asks for them: most refusals here are the subject of a test. */
  readonly limits?: Partial<Limits>;
  readonly random?: () => number;
  readonly wrap?: (handler: HttpHandler) => HttpHandler;
  readonly proxies?: readonly string[];
};

/** The real listener, admission, handler and file tree on a free port, with a demo PKI of its own. */
export async function openHttps(options: HttpsFixtureOptions = {}): Promise<HttpsFixture> {
  const tree = await openDavTree();
  const certs = await mkdtemp(join(tmpdir(), 'sluis-certs-'));
  const lines: AuditLine[] = [];
  await makeDemoPki({
    directory: certs,
    accounts: [
      { kind: 'machine', id: 'batch', partner: 'ksz', kbo: KBO },
      { kind: 'machine', id: 'ghost', partner: 'ksz', kbo: KBO },
    ],
    sftpHosts: [],
    now: Date.now(),
  });
  const file = (name: string): Promise<string> => readFile(join(certs, name), 'utf8');
  const class3 = await file('class3-ca.pem');
  const issuer = parseCertificate(new X509Certificate(class3).raw);
  if (issuer === undefined) throw new Error('the demo CA is not a certificate');
  const revocation = fileLists({
    files: [join(certs, 'crl.pem')],
    issuers: [issuer],
    maxFileBytes: 1_000_000,
    graceMs: 0,
  });
  await revocation.reload();
  const audit = {
    note: (line: AuditLine) => void lines.push(line),
    record: async (line: AuditLine) => void lines.push(line),
    assertWorking: () => undefined,
    whenWorking: async () => undefined,
  };
  const { current: generation } = tree;
  const admission = new AdmissionDesk({
    ssh: plainSshDoor(),
    partners: {
      get value() {
        return generation.value.partners;
      },
    },
    class3: {
      value: {
        policy: {
          issuers: [issuer],
          allowedPolicies: [],
          extendedKeyUsage: 'required',
          nationalNumberPolicies: [],
          intermediates: [],
          clockToleranceMs: 0,
        },
        revocation,
      },
    },
    audit,
    clock: systemClock,
    stepUps: { until: () => undefined },
    maxRemembered: 100,
  });
  const limits = { ...generation.value.limits, penaltyFromFailures: 1000, ...options.limits };
  const limited = { value: { ...generation.value, limits } };
  const metrics = { count: () => {}, observe: () => {}, gauge: () => {} };
  const shared = sharedLimits({
    generation: limited,
    audit,
    metrics,
    clock: systemClock,
    usage: { add: () => undefined },
  });
  const place: Listener = {
    ...{ protocol: 'https', host: '127.0.0.1', port: 0, accessMethod: 'line' },
    ...{ level: 1, rule: 'gateway.yaml#/listeners/0', proxies: options.proxies ?? [] },
  };
  const { random } = options;
  const listener = new HttpsListener({
    running: { expel: () => undefined, renewed: () => undefined },
    listener: { value: place },
    tls: {
      value: { cert: await file('server.pem'), key: await file('server.key'), ca: [class3] },
    },
    admission,
    generation,
    handler: options.wrap?.(tree.handler) ?? tree.handler,
    ...shared,
    strangers: new WaitingRoom({ ...shared, listener: { value: place }, protocol: 'webdav', audit, random }),
    logger: tree.logger,
    audit,
    refusalText: ({ reason }) => ({
      title: 'You cannot come in',
      sentence: `ask your helpdesk: ${reason}`,
      language: 'en',
    }),
  });
  const held = await holdPort(listener);
  const { port } = held;
  return {
    port,
    tree,
    lines,
    certs,
    listener,
    shared,
    file,
    async close() {
      const closed = held.close();
      await listener.close(1_000);
      await closed;
      await tree.close();
      await rm(certs, { recursive: true });
    },
  };
}
