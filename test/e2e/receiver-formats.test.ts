import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  adrm,
  adrmDelivered,
  answeredWhole,
  ExchangePlace,
  goodRow,
  goodRowDelivered,
  handIn,
  KSZ_R,
} from '../support/exchange-place.ts';
import { takeUp } from '../support/reload.ts';
import { hasTool } from '../support/tools.ts';

const RECEIVES = 'receives: [ADRM]\n';
const XML = `${RECEIVES}outputs:
  ADRM:
    format: { kind: xml, root: Mutations, record: Mutation, versionAttribute: layout, charset: iso-8859-1 }
`;
/** What it receives, and how, until a test changes it. */
const RECEIVED = /receives: \[ADRM\]\n(?:outputs: .*\n)?/;
const street = (row: string) => row.replace('Proefstraat', 'Rue de l’Été');

let place: ExchangePlace;

beforeAll(async () => {
  place = await ExchangePlace.open({ 'partners/rjv.yaml': (text) => text.replace(RECEIVES, XML) });
});
afterAll(() => place.close());

/** What RJV finds for one ticket: the names, the bytes of the delivery, and its manifest. */
async function delivery(ticket: string) {
  const client = await place.client('batch@rjv');
  const names = (await client.list('/OUT/ADRM')).filter((name) => name.includes(ticket)).toSorted();
  const [file = '', manifest = ''] = names;
  const bytes = await client.get(`/OUT/ADRM/${file}`);
  return { names, bytes, manifest: JSON.parse((await client.get(`/OUT/ADRM/${manifest}`)).toString()) };
}

describe.skipIf(!hasTool('openssl'))('a receiver with a format of its own', () => {
  test('gets what the sender wrote as CSV in its own format and charset, and the manifest says what the file is', async () => {
    await handIn(place, KSZ_R, { 'ADRM formats.csv': adrm(street(goodRow(1))) });
    const { receipt, notification } = await answeredWhole(place, KSZ_R, 'ADRM formats.csv');
    expect(notification.state).toBe('accepted');
    const { names, bytes, manifest } = await delivery(receipt.ticket);
    const name = `ADRM.00000001.${receipt.ticket}.xml`;
    expect(names).toEqual([name, `${name}.manifest.json`, `${name}.manifest.json.p7s`]);
    expect(bytes.toString('latin1')).toBe(
      '<?xml version="1.0" encoding="ISO-8859-1"?>\n<Mutations layout="1">\n<Mutation><record_no>1</record_no>' +
        '<ticket>7d1c0b8e-0000-4000-8000-000000000901</ticket><ssin>74031295170</ssin><mutation_code>ADR</mutation_code>' +
        '<effective_date>2026-01-05</effective_date><street>Rue de l&#8217;\xc9t\xe9</street><house_no>1</house_no>' +
        '<postal_code>1000</postal_code><municipality_nis>21004</municipality_nis><country_nis>00150</country_nis>' +
        '<quality_code>010</quality_code><quality_begin>2019-04-01</quality_begin></Mutation>\n</Mutations>\n',
    );
    expect(manifest).toMatchObject({
      file: name,
      records: 1,
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
  });

  test('gets the next file as the sender gives it, once the configuration says no more', async () => {
    await takeUp(place.gateway, 'partners/rjv.yaml', (text) => text.replace(XML, RECEIVES));
    await handIn(place, KSZ_R, { 'ADRM plain.csv': adrm(street(goodRow(2))) });
    const { receipt } = await answeredWhole(place, KSZ_R, 'ADRM plain.csv');
    const { names, bytes } = await delivery(receipt.ticket);
    expect(names[0]).toBe(`ADRM.00000002.${receipt.ticket}.csv`);
    expect(bytes.toString()).toBe(adrmDelivered(street(goodRowDelivered(2))));
  });

  test.each([
    ['gzip', 'gz', (bytes: Buffer) => gunzipSync(bytes)],
    ['zip', 'zip', unzipped],
  ] as const)(
    'gets it packed as %s where it asks for that, and the manifest says what is inside',
    async (kind, suffix, unpack) => {
      await takeUp(place.gateway, 'partners/rjv.yaml', (text) =>
        text.replace(RECEIVED, `${RECEIVES}outputs: { ADRM: { packaging: ${kind} } }\n`),
      );
      await handIn(place, KSZ_R, { [`ADRM ${kind}.csv`]: adrm(goodRow(3)) });
      const { receipt } = await answeredWhole(place, KSZ_R, `ADRM ${kind}.csv`);
      const { names, bytes, manifest } = await delivery(receipt.ticket);
      const inside = names[0]?.slice(0, -suffix.length - 1) ?? '';
      expect(inside).toMatch(/^ADRM\.\d{8}\.[0-9A-Z]{13}\.csv$/);
      expect((await unpack(bytes)).toString()).toBe(adrmDelivered(goodRowDelivered(3)));
      const sha256 = (of: Uint8Array | string) => createHash('sha256').update(of).digest('hex');
      expect(manifest).toMatchObject({ file: `${inside}.${suffix}`, size: bytes.length, sha256: sha256(bytes) });
      const text = adrmDelivered(goodRowDelivered(3));
      expect(manifest.unpacked).toEqual({ packaging: kind, file: inside, size: text.length, sha256: sha256(text) });
    },
  );
});

/** The one file in a ZIP, as unzip reads it. */
async function unzipped(bytes: Buffer): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-unzip-'));
  try {
    await writeFile(join(folder, 'a.zip'), bytes);
    const { stdout } = await promisify(execFile)('unzip', ['-p', join(folder, 'a.zip')], { encoding: 'buffer' });
    return stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}
