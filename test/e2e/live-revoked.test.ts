import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { Calendar } from '../support/calendar.ts';
import { ask, dial } from '../support/class3-door.ts';
import { ANNA_EMAIL, type Caller, type Class3Gateway, startClass3 } from '../support/class3-gateway.ts';
import { runClient } from '../support/clients.ts';
import { eventually } from '../support/eventually.ts';
import { removeFolder } from '../support/gateway.ts';
import { CUT_MS, untilCut, untilUnderWay } from '../support/live-watch.ts';
import { OpensslCa } from '../support/openssl-ca.ts';
import { heldUploads, unfinishedContents } from '../support/remains.ts';
import { SlowClients } from '../support/slow-clients.ts';
import { sluis } from '../support/sluis.ts';
import { hasTool } from '../support/tools.ts';

const WORK = '/SHARED/work';
const GRANT = '      - { partner: proef, rights: all }\n';

let ca: OpensslCa;
let calendar: Calendar;
let gateway: Class3Gateway;
let clients: SlowClients;
let audit: AuditTrail;
let serverCa: readonly string[];

beforeAll(async () => {
  [ca, calendar] = await Promise.all([OpensslCa.make('Live CA'), Calendar.open()]);
  gateway = await startClass3({
    trusted: [ca],
    revocation: [{ ca, lists: [await ca.publish()] }],
    change: { 'folders.yaml': (text) => `${text}${GRANT}` },
    environment: calendar.environment,
  });
  clients = await SlowClients.open(gateway);
  audit = new AuditTrail(gateway);
  serverCa = ['--silent', '--cacert', join(gateway.certificates, 'server-ca.pem')];
  await ca.issue('witness', ANNA_EMAIL);
  expect((await witness('-T', join(clients.folder, 'big'), urlOf('big'))).status).toBe(0);
}, 60_000);

afterAll(async () => {
  await clients?.close();
  await gateway?.stop();
  await ca?.close();
  await calendar?.close();
  if (gateway !== undefined) await removeFolder(gateway);
});

const urlOf = (name: string) => `https://127.0.0.1:${gateway.https}/files${WORK}/${name}`;

/** curl with a certificate that nobody takes away. */
function witness(...words: readonly string[]) {
  return runClient('curl', [...serverCa, ...ca.curlWords('witness'), '--fail', ...words]);
}

/** A connection that stays open after its first answer, and the session of TLS that it was given. */
async function keptOpen(options: Parameters<typeof dial>[0]): Promise<{ socket: TLSSocket; session: Buffer }> {
  const socket = dial(options);
  let session: Buffer | undefined;
  socket.on('session', (given: Buffer) => {
    session = given;
  });
  socket.on('error', () => undefined).resume();
  socket.once('secureConnect', () => socket.write('PROPFIND / HTTP/1.1\r\nHost: localhost\r\nDepth: 0\r\n\r\n'));
  return { socket, session: await eventually('a session of TLS', () => session) };
}

type Case = {
  readonly name: string;
  readonly reason: string;
  readonly until?: () => Date;
  readonly end: () => Promise<unknown>;
};

const CASES: readonly Case[] = [
  {
    name: 'on-a-list',
    reason: 'revoked',
    end: async () => {
      await ca.revoke('on-a-list');
      await ca.publish();
    },
  },
  {
    name: 'by-command',
    reason: 'revoked',
    end: async () => {
      const told = await sluis(gateway, 'cert', 'revoke', join(ca.folder, 'by-command.pem'), '--reason', 'lost');
      expect([told.status, told.err]).toEqual([0, '']);
    },
  },
  {
    name: 'past-its-end',
    reason: 'expired',
    until: () => new Date(`${calendar.today}T23:00:00Z`),
    end: () => calendar.nextDay(),
  },
];

test.skipIf(!hasTool('curl') || !hasTool('openssl')).each(CASES)(
  'a certificate that is $name: what runs is cut, and neither an open connection, a resumed session nor a new one goes on',
  async ({ name, reason, until, end }) => {
    const caller: Caller = await ca.issue(name, ANNA_EMAIL, until?.());
    const options = { port: gateway.https, serverCa: gateway.serverCa, version: 'TLSv1.3' as const, caller };
    const comer = { account: 'anna@proef', proof: [...serverCa, ...ca.curlWords(name)] };
    const started = [clients.curlPut(comer, `${WORK}/${name}`), clients.curlGet(comer, `${WORK}/big`)];
    await untilUnderWay(gateway, ['anna@proef webdav in', 'anna@proef webdav out']);
    const open = await keptOpen(options);
    await end();
    const began = performance.now();
    expect(await untilCut(gateway, [])).toBeLessThan(CUT_MS);
    await eventually('the open connection to be cut', () => (open.socket.destroyed ? true : undefined), CUT_MS);
    const answers = [await ask(dial(options)), await ask(dial({ ...options, session: open.session }))];
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    expect(performance.now() - began).toBeLessThan(CUT_MS);

    const ended = await Promise.all(started.map(({ finish }) => finish()));
    expect(ended.filter(({ status }) => status === 0)).toEqual([]);
    expect((await witness(urlOf(name))).status).toBe(22); // the server said that there is no such file
    expect((await witness('-o', '/dev/null', urlOf('big'))).status).toBe(0);
    await eventually('what came to be removed', async () =>
      (await unfinishedContents(gateway)) === 0 ? true : undefined,
    );
    expect(heldUploads(gateway)).toBe(0);
    const { fingerprint } = await fields({ kind: 'login', outcome: 'refused', fields: { reason } });
    expect(await fields({ kind: 'login', outcome: 'done', fields: { fingerprint } })).toBeDefined();
    for (const kind of ['publish', 'read']) {
      const running = { principal: 'anna@proef', reason: 'session-ended' };
      await audit.line({ kind, outcome: 'refused', fields: running });
    }
  },
  60_000,
);

async function fields(wanted: Parameters<AuditTrail['line']>[0]) {
  return (await audit.line(wanted)).fields;
}
