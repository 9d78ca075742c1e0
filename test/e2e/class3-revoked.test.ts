import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { ask, dial, TLS_VERSIONS } from '../support/class3-door.ts';
import { ANNA_EMAIL, type Caller, type Class3Gateway, startClass3 } from '../support/class3-gateway.ts';
import { eventually } from '../support/eventually.ts';
import { removeFolder } from '../support/gateway.ts';
import { OpensslCa } from '../support/openssl-ca.ts';

/** How long a revocation may take from the moment the list or the answer can be had. */
const WITHIN_MS = 10_000;
const KEPT_OPEN = 'PROPFIND / HTTP/1.1\r\nHost: localhost\r\nDepth: 0\r\n\r\n';

let byList: OpensslCa;
let byOcsp: OpensslCa;
let gateway: Class3Gateway;

beforeAll(async () => {
  [byList, byOcsp] = await Promise.all([OpensslCa.make('List CA'), OpensslCa.make('Ocsp CA')]);
  gateway = await startClass3({
    trusted: [byList, byOcsp],
    rules: ['revocationMaxAgeMinutes: 0.03'],
    revocation: [
      { ca: byList, lists: [await byList.publish()] },
      { ca: byOcsp, ocsp: [{ url: await byOcsp.respond() }] },
    ],
  });
}, 60_000);

afterAll(async () => {
  await gateway?.stop();
  await byList?.close();
  await byOcsp?.close();
  if (gateway !== undefined) await removeFolder(gateway);
});

/** A connection that stays open after its first answer, and the session of TLS it was given. */
async function keepOpen(options: Parameters<typeof dial>[0]) {
  const socket: TLSSocket = dial(options);
  let session: Buffer | undefined;
  let answer = '';
  socket.on('session', (given: Buffer) => {
    session = given;
  });
  socket.on('data', (chunk: Uint8Array) => {
    answer += Buffer.from(chunk).toString('latin1');
  });
  socket.on('error', () => undefined);
  const closed = new Promise<number>((resolve) => socket.once('close', () => resolve(performance.now())));
  socket.once('secureConnect', () => socket.write(KEPT_OPEN));
  await eventually('an answer on the open connection', () => (answer.includes('multistatus') ? true : undefined));
  return { socket, closed, session: session ?? socket.getSession() };
}

for (const source of ['list', 'OCSP'] as const) {
  for (const version of TLS_VERSIONS) {
    test(`revoked by ${source}, ${version}: refused on a fresh handshake, on a resumed session, and cut on an open connection within 10 s`, async () => {
      const ca = source === 'list' ? byList : byOcsp;
      const name = `anna-${version}`;
      const caller: Caller = await ca.issue(name, ANNA_EMAIL);
      const options = { port: gateway.ports[0] ?? 0, serverCa: gateway.serverCa, version, caller };
      expect((await ask(dial(options))).status).toBe(207);
      const open = await keepOpen(options);
      expect((await ask(dial({ ...options, session: open.session }))).status).toBe(207);

      await ca.revoke(name);
      if (source === 'list') await ca.publish();
      const began = performance.now();
      expect((await open.closed) - began).toBeLessThan(WITHIN_MS);

      const fresh = await ask(dial(options));
      const resuming = dial({ ...options, session: open.session });
      let reused: boolean | undefined;
      resuming.once('secureConnect', () => {
        reused = resuming.isSessionReused();
      });
      const resumed = await ask(resuming);
      expect(performance.now() - began).toBeLessThan(WITHIN_MS);
      expect([fresh.status, resumed.status, reused]).toEqual([403, 403, false]);
      expect(fresh.page).toContain('has been revoked');

      const trail = new AuditTrail(gateway);
      const fingerprint = 'fingerprint' in caller.certificate ? String(caller.certificate.fingerprint) : '';
      const wanted = { kind: 'login', outcome: 'refused' as const, fields: { reason: 'revoked', fingerprint } };
      const lines = await eventually('three refusals', async () => {
        const found = await trail.all(wanted);
        return found.length >= 3 ? found : undefined;
      });
      // The open connection names the session it ended.
      expect(lines.filter((line) => line.fields.session !== undefined)).toHaveLength(1);
    }, 40_000);
  }
}
