import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BAD_INPUT } from '../config/bad-input/bad-input.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { WebdavClient } from '../support/partner-client.ts';

/** Every fourteenth: some of each theme. Ports are free ones here, so faults of ports are not to be had. */
const SOME = BAD_INPUT.filter(([, , from]) => !from.includes('port:')).filter((_, index) => index % 14 === 0);
const PIECE = 64 * 1024;

let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
});

/** An upload whose body goes on for as long as the caller wants. */
async function slowUpload(path: string, length: number) {
  const [ca, cert, key] = await Promise.all(
    ['server-ca.pem', 'anna@ksz.pem', 'anna@ksz.key'].map((name) => readFile(join(gateway.certificates, name))),
  );
  const headers = { 'Content-Length': String(length) };
  const sent = request({ host: '127.0.0.1', port: gateway.https, method: 'PUT', path, ca, cert, key, headers });
  const status = new Promise<number>((resolve, reject) => {
    sent.once('response', (response) => resolve(response.resume().statusCode ?? 0));
    sent.once('error', reject);
  });
  const write = (bytes: Buffer) => new Promise<void>((resolve) => sent.write(bytes, () => resolve()));
  return { write, end: () => sent.end(), status };
}

test('wrong files that are laid into a running gateway are told with their place, and change nothing for who uploads', async () => {
  const before = (await new AuditTrail(gateway).all({ kind: 'generation', outcome: 'done' })).length;
  const upload = await slowUpload('/files/SHARED/work/long.bin', (SOME.length + 1) * PIECE);
  const bytes: Buffer[] = [];
  const send = async (index: number) => {
    const piece = Buffer.alloc(PIECE, index % 251);
    bytes.push(piece);
    await upload.write(piece);
  };
  await send(0);
  for (const [index, [cause, file, from, to, place, message]] of SOME.entries()) {
    const target = join(gateway.config, file);
    const sound = await readFile(target, 'utf8');
    const wrong = sound.replace(from, () => to);
    if (wrong === sound) throw new Error(`${cause} changes nothing`);
    const known = gateway.log.length;
    await writeFile(target, wrong);
    const line = await eventually(`word of ${cause}`, () =>
      gateway.log.slice(known).find((entry) => entry.includes('the old generation stays in force')),
    );
    const { first } = JSON.parse(line);
    if (JSON.parse(line).problems === 1) {
      expect({ cause, place: `${first.file}:${first.line}:${first.column}`, message: first.message }).toEqual({
        ...{ cause, place, message },
      });
    }
    await send(index + 1);
    await writeFile(target, sound);
    await eventually('no problems', () =>
      gateway.log.slice(known).some((entry) => entry.includes('is in force') && entry.includes('"level":30'))
        ? true
        : undefined,
    );
  }
  upload.end();
  expect(await upload.status).toBe(201);
  const client = await WebdavClient.open(gateway, 'anna@rjv');
  expect((await client.get('/SHARED/work/long.bin')).equals(Buffer.concat(bytes))).toBe(true);
  client.close();
  const after = await new AuditTrail(gateway).all({ kind: 'generation', outcome: 'done' });
  expect(after.slice(before).every(({ fields }) => fields.from === fields.to)).toBe(true);
});
