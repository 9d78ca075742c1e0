import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FieldWriter, PACKET } from '../../src/sftp/codec.ts';
import { RawSftp } from './raw-client.ts';
import { type SftpFixture, startSftp } from './sftp-fixture.ts';

/** `npm run fuzz:sftp` gives it a minute. */
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 4);

let fixture: SftpFixture;
let bystander: RawSftp;
beforeAll(async () => {
  fixture = await startSftp();
  bystander = await RawSftp.open(fixture, 'batch@rjv');
  await bystander.put('/SHARED/work/fuzz-kept', 'untouched');
});
afterAll(() => fixture.close());

/** Requests of a known or unknown type with fields of the right kinds and any values, or bytes that mean nothing. */
const field = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => new FieldWriter().string(Buffer.from(bytes)).joined()),
  fc.constantFrom('/', '/SHARED/work', '/IN', '..', '').map((path) => new FieldWriter().string(path).joined()),
  fc.nat().map((value) => new FieldWriter().uint32(value).joined()),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
);
const packet = fc
  .tuple(
    fc.oneof(fc.integer({ min: PACKET.OPEN, max: PACKET.SYMLINK }), fc.nat(255)),
    fc.array(field, { maxLength: 5 }),
  )
  .map(([type, fields]) => new FieldWriter().byte(type).uint32(7).bytes(Buffer.concat(fields)).packet());

test(
  'random packets are answered or close their channel; everybody else is served, and no session is left',
  async () => {
    const before = fixture.listener.sessions().length;
    const property = fc.asyncProperty(fc.array(packet, { minLength: 1, maxLength: 20 }), async (packets) => {
      const sftp = await RawSftp.open(fixture);
      for (const one of packets) sftp.sendRaw(one);
      sftp.channel.end();
      while ((await sftp.next()) !== undefined) {}
      sftp.client.end();
      expect((await bystander.stat('/SHARED/work/fuzz-kept')).size).toBe(9);
    });
    await fc.assert(property, { numRuns: 1_000_000, interruptAfterTimeLimit: SECONDS * 1000, endOnFailure: true });
    await expect.poll(() => fixture.listener.sessions().length, { timeout: 10_000 }).toBe(before);
    expect(fixture.warnings.filter((line) => line.startsWith('an SFTP request failed'))).toEqual([]);
  },
  SECONDS * 1000 + 60_000,
);
