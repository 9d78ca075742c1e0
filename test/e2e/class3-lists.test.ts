import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as asn1js from 'asn1js';
import { afterAll, beforeAll } from 'vitest';
import type { Certificate } from '../../src/pki/certificate.ts';
import { toPem } from '../../src/pki/issue.ts';
import { DAY, deltaCrlIndicator, ecKey, TestCa } from '../support/certificates.ts';
import { type DoorCase, judge, type Verdicts } from '../support/class3-door.ts';
import { expectVerdicts } from '../support/class3-expect.ts';
import {
  ANNA_EMAIL,
  type Caller,
  type Class3Gateway,
  type RevocationSpec,
  startClass3,
} from '../support/class3-gateway.ts';
import { removeFolder } from '../support/gateway.ts';
import { type Reply, RevocationHost } from '../support/revocation-host.ts';

const NOW = Date.now();
const HOUR = 3_600_000;
const key = ecKey();
const WEEK = { thisUpdate: NOW - DAY, nextUpdate: NOW + 6 * DAY, number: 5 };

/** What an issuer publishes; `he` is who comes to the door. */
type Published = {
  readonly full?: (ca: TestCa, he: readonly Certificate[]) => Promise<Uint8Array> | Reply;
  readonly delta?: (ca: TestCa, he: readonly Certificate[]) => Promise<Uint8Array> | Reply;
  readonly asFile?: boolean;
};

let host: RevocationHost;
let folder: string;
let gateway: Class3Gateway;
let verdicts: ReadonlyMap<string, Verdicts> = new Map();
const issuers: RevocationSpec[] = [];
const callers = new Map<string, Caller>();

type Case = DoorCase & { readonly published: readonly [fault: Published, right: Published] };

/** Two issuers that publish the same but for the fault. */
function lists(
  title: string,
  [reason, detail]: readonly [string, string],
  fault: Published,
  right: Published = { full: (ca) => ca.crl(WEEK) },
): Case {
  const caller = (part: string) => () => {
    const found = callers.get(`${title} ${part}`);
    if (found === undefined) throw new Error('nobody was made for this case');
    return found;
  };
  return {
    title,
    reason,
    ...(detail === '' ? {} : { detail }),
    refused: caller('fault'),
    twin: caller('right'),
    published: [fault, right],
  };
}

const REVOKED = ['revoked', ''] as const;
const UNKNOWN = ['revocation-unknown', 'crl:none'] as const;
const STALE = ['revocation-stale', 'crl:stale'] as const;
const bytes = (body: Uint8Array): Reply => ({ body });
const extension = (oid: string) => ({ oid, critical: true, der: new asn1js.Sequence({ value: [] }).toBER() });
const delta = (base: number, more: Partial<Parameters<TestCa['crl']>[0]> = {}): NonNullable<Published['delta']> => {
  return (ca) =>
    ca.crl({
      ...WEEK,
      thisUpdate: NOW - HOUR,
      nextUpdate: NOW + HOUR,
      number: 7,
      ...more,
      more: [deltaCrlIndicator(base)],
    });
};
const full: NonNullable<Published['full']> = (ca) => ca.crl(WEEK);

const FULL: readonly Case[] = [
  lists('on the list', REVOKED, { full: (ca, he) => ca.crl({ ...WEEK, revoked: he }) }),
  lists(
    'on a list in a file',
    REVOKED,
    { full: (ca, he) => ca.crl({ ...WEEK, revoked: he }), asFile: true },
    { full, asFile: true },
  ),
  lists(
    'on a list in PEM',
    REVOKED,
    { full: async (ca, he) => Buffer.from(toPem('X509 CRL', await ca.crl({ ...WEEK, revoked: he }))) },
    { full: async (ca) => Buffer.from(toPem('X509 CRL', await ca.crl(WEEK))) },
  ),
  lists('on a list that has ended', REVOKED, {
    full: (ca, he) => ca.crl({ ...WEEK, nextUpdate: NOW - HOUR, revoked: he }),
  }),
];

const DELTA: readonly Case[] = [
  lists(
    'on the delta list only',
    REVOKED,
    { full, delta: (ca, he) => delta(5, { revoked: he })(ca, he) },
    { full, delta: delta(5) },
  ),
  lists(
    'on the full list, and not on the delta list',
    REVOKED,
    { full: (ca, he) => ca.crl({ ...WEEK, revoked: he }), delta: delta(5) },
    { full, delta: delta(5) },
  ),
  lists(
    'delta list for a newer full list',
    ['revocation-unknown', 'crl:no-delta-list'],
    { full, delta: delta(6) },
    { full, delta: delta(4) },
  ),
  lists(
    'delta list older than the full list',
    ['revocation-unknown', 'crl:no-delta-list'],
    { full, delta: delta(3, { number: 4 }) },
    { full, delta: delta(3, { number: 5 }) },
  ),
  lists(
    'delta list that has ended',
    STALE,
    { full, delta: delta(5, { nextUpdate: NOW - 65_000 }) },
    { full, delta: delta(5) },
  ),
  lists(
    'delta list that is not there',
    ['revocation-unknown', 'crl:no-delta-list'],
    { full, delta: () => ({ status: 404, body: Buffer.alloc(0) }) },
    { full, delta: delta(5) },
  ),
  lists('delta list without a full one', UNKNOWN, { full: () => 'reset', delta: delta(5) }, { full, delta: delta(5) }),
  lists(
    'delta list signed by a stranger',
    ['revocation-unknown', 'crl:no-delta-list'],
    { full, delta: delta(5, { key: ecKey() }) },
    { full, delta: delta(5) },
  ),
];

const TIMES: readonly Case[] = [
  lists('list that ended an hour ago', STALE, { full: (ca) => ca.crl({ ...WEEK, nextUpdate: NOW - HOUR }) }),
  lists(
    'list that ended just before the grace',
    STALE,
    { full: (ca) => ca.crl({ ...WEEK, nextUpdate: NOW - 65_000 }) },
    { full: (ca) => ca.crl({ ...WEEK, nextUpdate: NOW - 5_000 }) },
  ),
  lists('list that begins tomorrow', ['revocation-unknown', 'crl:from-the-future'], {
    full: (ca) => ca.crl({ ...WEEK, thisUpdate: NOW + DAY }),
  }),
];

const FORMS: readonly Case[] = [
  lists('list signed by a stranger', UNKNOWN, { full: (ca) => ca.crl({ ...WEEK, key: ecKey() }) }),
  lists('list of another issuer', UNKNOWN, { full: async () => (await TestCa.root('Elders', NOW)).crl(WEEK) }),
  lists('list signed with SHA-1', UNKNOWN, { full: (ca) => ca.crl({ ...WEEK, hash: 'sha1' }) }),
  lists('list that was changed', UNKNOWN, {
    full: async (ca, he) => {
      const der = Buffer.from(await ca.crl({ ...WEEK, revoked: he }));
      const at = der.indexOf(Buffer.from(he[0]?.serial ?? '', 'hex'));
      der.writeUInt8(der.readUInt8(at) ^ 1, at);
      return der;
    },
  }),
  lists('list that was cut', UNKNOWN, { full: async (ca) => (await ca.crl(WEEK)).subarray(0, -4) }),
  lists('list with a byte behind it', UNKNOWN, {
    full: async (ca) => Buffer.concat([await ca.crl(WEEK), Buffer.of(0)]),
  }),
  lists('list of one part of the certificates', UNKNOWN, {
    full: (ca) => ca.crl({ ...WEEK, more: [extension('2.5.29.28')] }),
  }),
  lists('page in place of a list', UNKNOWN, { full: () => bytes(Buffer.from('<html></html>')) }),
];

const TRANSPORT: readonly Case[] = [
  lists('list that is too large', UNKNOWN, { full: () => bytes(Buffer.alloc(300_000, 0x30)) }),
  lists('list whose host hangs', UNKNOWN, { full: () => 'hang' }),
  lists('list whose host cuts the connection', UNKNOWN, { full: () => 'reset' }),
  lists('list that is not there', UNKNOWN, { full: () => ({ status: 404, body: Buffer.alloc(0) }) }),
  lists('list that lies elsewhere', UNKNOWN, {
    full: () => ({ status: 301, body: Buffer.alloc(0), headers: { Location: 'http://127.0.0.1:1/' } }),
  }),
  lists('no list at all', UNKNOWN, {}),
];

const TABLES = {
  list: FULL,
  'delta list': DELTA,
  'time of a list': TIMES,
  'form of a list': FORMS,
  'way to a list': TRANSPORT,
};

beforeAll(async () => {
  host = await RevocationHost.open();
  folder = await mkdtemp(join(tmpdir(), 'sluis-lists-'));
  const trusted: TestCa[] = [];
  for (const one of Object.values(TABLES).flat()) {
    for (const [index, part] of (['fault', 'right'] as const).entries()) {
      const name = `${one.title} ${part}`;
      const ca = await TestCa.root(name.slice(0, 60), NOW);
      trusted.push(ca);
      const certificate = await ca.issue(NOW, { key, emails: [ANNA_EMAIL] });
      callers.set(name, { key, certificate });
      issuers.push(await publish(ca, [certificate], one.published[index] ?? {}));
    }
  }
  gateway = await startClass3({
    trusted,
    rules: ['graceMinutes: 1', 'listTimeoutSeconds: 1', 'timeoutSeconds: 5', 'maxListBytes: 100000'],
    revocation: issuers,
  });
  verdicts = await judge(gateway, Object.values(TABLES).flat());
}, 60_000);

afterAll(async () => {
  await gateway?.stop();
  await host?.close();
  await rm(folder, { recursive: true, force: true });
  if (gateway !== undefined) await removeFolder(gateway);
});

for (const [cause, cases] of Object.entries(TABLES)) expectVerdicts(cause, cases, () => verdicts);

async function publish(ca: TestCa, he: readonly Certificate[], published: Published): Promise<RevocationSpec> {
  const places: { full: string[]; delta: string[] } = { full: [], delta: [] };
  for (const kind of ['full', 'delta'] as const) {
    const made = await published[kind]?.(ca, he);
    if (made === undefined) continue;
    const path = `/${issuers.length}-${kind}.crl`;
    if (made instanceof Uint8Array && published.asFile === true) {
      const file = join(folder, path);
      await writeFile(file, made);
      places[kind].push(file);
      continue;
    }
    places[kind].push(host.list(path, () => (made instanceof Uint8Array ? bytes(made) : made)));
  }
  return { ca, lists: places.full, deltaLists: places.delta };
}
