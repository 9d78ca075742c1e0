import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RECORD_LOG_MAGIC, RecordLogEntries, type RecordOutcome, recordLogHead } from '../../src/audit/record-log.ts';
import { RecordLogReader } from '../../src/audit/record-log-reader.ts';
import { directoryLoad } from '../../src/commands/directory.ts';
import { sectorsOf } from '../../src/commands/places.ts';
import type { PartnerId } from '../../src/domain/principal.ts';
import { GrowingBytes } from '../../src/storage/growing-bytes.ts';
import { contentBytes } from '../support/contents.ts';
import { ExchangePlace } from '../support/exchange-place.ts';
import { startGateway } from '../support/gateway.ts';
import { takeUp } from '../support/reload.ts';
import { quickSettling } from '../support/settle.ts';
import { hasTool } from '../support/tools.ts';

/**
 * A mutuality, final member of the health branch, is connected, and its sector's members stay unsaid. RSZ hands in certificates
 * for people who belong to it, and messages that name it in every way there is.
 */
// Of a type whose two bytes stand in no record log by chance, as part of the person's number.
const MEMBER = { id: 'mutproef', name: 'Mutualiteit Proefpersoon', kbo: '0987654394', type: 307 };
const INSURED = '85113098277';

/** Everything that would tell the member: its id and name, its number, and its KBO number in any form. */
const TELLS = [
  /mutproef/i,
  /Mutualiteit Proefpersoon/i,
  /987\.?654\.?394/,
  /\b11\/307\b/,
  /"(?:type|institution)":\s*"?307\b/,
  /(?:^|[;|>])307(?:[;|<]|$)/m,
];

/** How a log of bytes could hold its type or its KBO number: whole numbers of some width, or the varint of a record log. */
const BINARY_TELLS: Readonly<Record<string, Buffer>> = {
  'its type, little endian': bytesOf(2, (bytes) => bytes.writeUInt16LE(MEMBER.type)),
  'its type, big endian': bytesOf(2, (bytes) => bytes.writeUInt16BE(MEMBER.type)),
  'its type as a varint': Buffer.from([(MEMBER.type & 0x7f) | 0x80, MEMBER.type >> 7]),
  'its type with its sector': bytesOf(4, (bytes) => bytes.writeUInt32LE(11_000 + MEMBER.type)),
  'its KBO number, little endian': bytesOf(4, (bytes) => bytes.writeUInt32LE(Number(MEMBER.kbo))),
  'its KBO number, big endian': bytesOf(4, (bytes) => bytes.writeUInt32BE(Number(MEMBER.kbo))),
};

function bytesOf(length: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(length);
  write(bytes);
  return bytes;
}

const machine = (id: string, kbo: string) => `
machines:
  - id: batch
    purpose: Batch processing (test)
    certificates: [{ kind: machine, kbo: "${kbo}", commonName: batch }]
    sshKeys: [{ file: ../certs/demo/batch@${id}.ssh.pub }]
`;

function memberFile(nic: string): string {
  return nic
    .slice(0, nic.indexOf('machines:'))
    .replace('id: nic', `id: ${MEMBER.id}`)
    .replace('name: NIC (test)', `name: ${MEMBER.name}`)
    .replace('institution: 11/0', `institution: 11/${MEMBER.type}`)
    .replace('"1999001239"', `"${MEMBER.kbo}"`)
    .replace('network: primary', 'network: secondary')
    .replace('"011000"', '"011307"')
    .replace('receives: [BBON]', 'receives: [BBON, MESI, MESK, MESP]')
    .concat(machine(MEMBER.id, MEMBER.kbo));
}

/** A flow of messages whose receiver stands in one field, in one of three ways. */
function messageFlow(code: string, role: string, type: string): string {
  return `code: ${code}
title: Messages
kind: message
senderLine: none
triggers: [upload]
pattern: ^${code}.*$
purposes: [TEST]
format: { kind: delimited, separator: ";", header: false }
layouts:
  - version: "1"
    validFrom: 2020-01-01
    fields:
      - { name: ssin, type: insz }
      - { name: day, type: date }
      - { name: to, type: ${type} }
    roles: { person: ssin, periodBegin: day, ${role}: to }
blocks:
  key: [ssin, day]
  receiver: [to]
`;
}

function messageAct(code: string): string {
  return `id: ${code.toLowerCase()}-rsz-nic
version: 1
instrument: deliberation
reference: an invented act
textDigest: "${'0'.repeat(64)}"
flow: ${code}
act: communication
purpose: TEST
sender: 12/0
receivers:
  - { institution: 11/0, qualities: ["001"], blocks: [key] }
environments: [R, T, S]
from: 2020-01-01
`;
}

const FLOWS = [
  ['MESI', 'receiver', 'institution', `11/${MEMBER.type}`, '11/0'],
  ['MESK', 'receiverKbo', 'kbo', `BE${MEMBER.kbo}`, '1999001239'],
  ['MESP', 'receiverPartner', 'text, maxLength: 31', MEMBER.id, 'nic'],
] as const;

let place: ExchangePlace;

beforeAll(async () => {
  const nic = await readFile('test/fixtures/network/partners/nic.yaml', 'utf8');
  const entries = FLOWS.flatMap(([code, role, type]) => [
    [`flows/${code}.yaml`, messageFlow(code, role, type)],
    [`authorizations/${code.toLowerCase()}-rsz-nic.yaml`, messageAct(code)],
  ]);
  const codes = FLOWS.map(([code]) => code).join(', ');
  const gateway = await startGateway({
    network: true,
    add: { [`partners/${MEMBER.id}.yaml`]: memberFile(nic), ...Object.fromEntries(entries) },
    change: {
      'gateway.yaml': quickSettling,
      'sectors.yaml': (text) =>
        text.replace(
          'mutualiteiten)\n    anonymousMembers',
          'mutualiteiten)\n    managingInstitution: nic\n    anonymousMembers',
        ),
      'partners/rsz.yaml': (text) => text.replace('sends: [BBON]', `sends: [BBON, ${codes}]`),
      'partners/nic.yaml': (text) => text.replace('receives: [BBON]', `receives: [BBON, ${codes}]`),
    },
  });
  place = ExchangePlace.of(gateway);
});
afterAll(() => place.close());

const RSZ = (flow: string) => ({ account: 'batch@rsz', folder: `/${flow}` });

/** Hands a file in and waits for its notification; its text, and the names and texts of all answers there. */
async function handIn(flow: string, name: string, bytes: string): Promise<{ refused: unknown[]; accepted: number }> {
  const { account, folder } = RSZ(flow);
  await (await place.client(account)).put(`/IN${folder}/${name}`, Buffer.from(bytes, 'latin1'));
  const mailbox = await place.mailbox(account, `/OUT${folder}`);
  const { ticket } = await mailbox.receipt(name);
  const { records, refused } = await mailbox.notification(name, ticket);
  return { accepted: records.accepted, refused: refused.map(({ record, faults }) => [record, faults[0]?.code]) };
}

/** Every name and text in a partner's mailbox of a flow. */
async function mailboxOf(account: string, flow: string): Promise<Readonly<Record<string, string>>> {
  const client = await place.client(account);
  const folder = `/OUT/${flow}`;
  const names = await client.list(folder);
  const texts = await Promise.all(names.map((name) => client.get(`${folder}/${name}`)));
  return Object.fromEntries(names.map((name, index) => [`${account} ${folder}/${name}`, String(texts[index])]));
}

async function namesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries.map((entry) => join(folder, entry));
}

/** Every record log, as it is kept. */
async function recordLogs(): Promise<readonly Buffer[]> {
  const lines = await place.audit.every();
  const logs = lines.flatMap(({ fields: { recordLog } }) => (typeof recordLog === 'string' ? [recordLog] : []));
  return Promise.all(logs.map((id) => contentBytes(place.gateway.data, id)));
}

/** What the reader says of a record log, and its bytes as text. */
async function saidBy(log: Buffer): Promise<string> {
  const pieces = async function* () {
    yield log;
  };
  const reader = new RecordLogReader(pieces());
  const said = [JSON.stringify(await reader.head())];
  for await (const outcome of reader.outcomes()) said.push(JSON.stringify(outcome));
  return [...said, log.toString('latin1')].join('\n');
}

/** Where the entries of a log, behind its head, hold the member as numbers. */
function binaryTellsIn(log: Buffer): readonly string[] {
  const head = RECORD_LOG_MAGIC.length + 4 + log.readUInt32LE(RECORD_LOG_MAGIC.length);
  const entries = log.subarray(head);
  return Object.entries(BINARY_TELLS).flatMap(([what, form]) => (entries.includes(form) ? [what] : []));
}

/** All that somebody may ever read of what happened, by where it stands. */
async function everything(): Promise<Readonly<Record<string, string>>> {
  const { gateway, audit } = place;
  const lines = await audit.every();
  const files = await namesBelow(gateway.data);
  const logs = await recordLogs();
  expect(logs.flatMap(binaryTellsIn)).toEqual([]);
  const logTexts = await Promise.all(logs.map(async (log, index) => [`record log ${index + 1}`, await saidBy(log)]));
  const mailboxes = await Promise.all(
    ['BBON', ...FLOWS.map(([code]) => code)].flatMap((flow) => [
      mailboxOf('batch@rsz', flow),
      mailboxOf('batch@nic', flow),
    ]),
  );
  const metrics = await (await fetch(`http://127.0.0.1:${gateway.health}/metrics`)).text();
  return {
    ...Object.fromEntries(logTexts),
    ...Object.assign({}, ...mailboxes),
    metrics,
    audit: JSON.stringify(lines),
    log: gateway.log.join('\n'),
    names: files.join('\n'),
  };
}

function tellsIn(texts: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(texts).flatMap(([where, text]) =>
    TELLS.flatMap((tell) =>
      [`${where}\n`, text].flatMap((one) => (tell.test(one) ? [`${where.trim()}: ${tell}`] : [])),
    ),
  );
}

const certificates = (lot: string, ...rows: readonly string[]) => {
  const pad = (text: string) => text.padEnd(100);
  const sum = rows.reduce((all, row) => all + Number(row.slice(8, 19)), 0);
  return [
    pad(`HBBON01012000011000${lot}20260115R0100`),
    ...rows.map(pad),
    pad(
      `T${String(rows.length).padStart(7, '0')}${String(rows.length * 1000).padStart(15, '0')}${String(sum).padStart(13, '0')}`,
    ),
    '',
  ].join('\r\n');
};
const certificate = (number: number, reference: string, action = '0') =>
  `D000000${number}${INSURED}09000001472025202501012025063000000001000128001${reference.padEnd(20)}${action}`;

/** A log of one record. */
function logWith(receiver: string, outcome: Partial<RecordOutcome>): Buffer {
  const act = { id: 'act', version: 1 };
  const head = {
    ...{ batch: 'B', flow: 'BBON', environment: 'R', sender: 'rsz', receivedAt: 0, generation: '', layoutVersion: '1' },
    ...{ directoryVersion: '1', authorizations: [act], blocks: [] },
    receivers: [{ receiver: receiver as PartnerId, authorizations: [act] }],
  };
  const one = { receiver: receiver as PartnerId, authorization: act, quality: '001', filtered: [] };
  const entries = new GrowingBytes(64);
  new RecordLogEntries(head).append(
    { record: 1, outcome: 'accepted', codes: [], receivers: [one], ...outcome },
    entries,
  );
  return Buffer.concat([recordLogHead(head), entries.take()]);
}

describe('the search of a record log', () => {
  const number = (what: string) => BINARY_TELLS[what] ?? Buffer.alloc(0);
  const told = async (log: Buffer) => [...tellsIn({ log: await saidBy(log) }), ...binaryTellsIn(log)];

  test.each([
    ['a receiver in its head', logWith(MEMBER.id, {})],
    ['a code', logWith('nic', { codes: [`11/${MEMBER.type}`] })],
    ['who was held back', logWith('nic', { heldBack: [MEMBER.id] })],
    ['a quality', logWith('nic', { receivers: [{ ...receiverWith(String(MEMBER.type)) }] })],
    ['its KBO number as four bytes', Buffer.concat([logWith('nic', {}), number('its KBO number, little endian')])],
  ])('finds the member as %s', async (_title, log) => {
    expect(binaryTellsIn(log).length + tellsIn({ log: log.toString('latin1') }).length).toBeGreaterThan(0);
  });

  test('finds nothing where there is nothing', async () => {
    expect(await told(logWith('nic', { heldBack: ['kbf'] }))).toEqual([]);
  });
});

function receiverWith(quality: string) {
  return { receiver: 'nic' as PartnerId, authorization: { id: 'act', version: 1 }, quality, filtered: [] };
}

describe.skipIf(!hasTool('openssl'))('nothing tells which member of a sensitive sector a person belongs to', () => {
  test('neither answers, deliveries, logs, metrics nor names, whatever is handed in', async () => {
    const given = certificates('00000001', certificate(1, 'REF-1'), certificate(2, 'REF-2'));
    expect(await handIn('BBON', 'lot 1.txt', given)).toEqual({ accepted: 2, refused: [] });
    const changed = certificates('00000002', certificate(1, 'REF-1', '1'), certificate(2, 'REF-9', '3'));
    expect(await handIn('BBON', 'lot 2.txt', changed)).toEqual({ accepted: 1, refused: [[2, '157']] });
    for (const [code, , , member, manager] of FLOWS) {
      const rows = [member, manager].map((to) => `${INSURED};2026-01-05;${to}\n`);
      const answer = await handIn(code, `${code} 1.csv`, rows.join(''));
      expect(answer, code).toEqual({ accepted: 1, refused: [[1, '300010']] });
    }
    const texts = await everything();
    expect(Object.keys(texts).filter((where) => where.startsWith('batch@nic'))).toHaveLength((2 + FLOWS.length) * 3);
    const logs = Object.entries(texts).filter(([where]) => where.startsWith('record log '));
    expect(logs).toHaveLength(2 + FLOWS.length);
    for (const [where, text] of logs) expect(text, where).toContain('"receiver":"nic"');
    expect(tellsIn(texts)).toEqual([]);
    // The search finds what it looks for, where it is.
    expect(tellsIn({ sent: `${INSURED};2026-01-05;11/${MEMBER.type}\n` })).not.toEqual([]);
    expect(tellsIn({ sent: `${INSURED};2026-01-05;BE${MEMBER.kbo}\n`, [`to ${MEMBER.id}.csv`]: '' })).toHaveLength(2);
  });

  test('nor do answers in the layout of the batch channel, which repeat values', async () => {
    await takeUp(place.gateway, 'partners/rsz.yaml', (text) =>
      text.replace('answerFormat: json', 'answerFormat: rsz-xml'),
    );
    const client = await place.client('batch@rsz');
    for (const [code, , , member, manager] of FLOWS) {
      const name = `${code} 2.csv`;
      const rows = [member, manager, '?'].map((to) => `${INSURED};2026-01-06;${to}\n`);
      await client.put(`/IN/${code}/${name}`, rows.join(''));
      const { text } = await (await place.mailbox('batch@rsz', `/OUT/${code}`)).xml('NOTI', name);
      expect(text, code).toContain('<TagName>to</TagName>');
      expect(text, code).not.toContain('<Value>');
    }
    expect(tellsIn(await everything())).toEqual([]);
  });

  test('a load of lines that names a member is refused, and does not repeat which', async () => {
    const { config, folder } = place.gateway;
    const file = join(folder, 'lines.csv');
    const header = (await readFile(join(config, 'directory', 'person-lines.csv'), 'utf8')).split('\n')[0];
    await writeFile(file, `${header}\n${INSURED};11;${MEMBER.type};001;0;2020-01-01;;\n`);
    const out = new PassThrough();
    const options = { file, environment: 'R', data: join(folder, 'other'), json: false } as const;
    expect(await directoryLoad({ ...options, sectors: await sectorsOf(config) }, out)).toBe(1);
    out.end();
    const said = String(Buffer.concat(await out.toArray()));
    expect(said).toContain('lines.csv:2: a line of this sector stops at its managing institution (type 0)');
    expect(tellsIn({ said })).toEqual([]);
  });

  test('and the member itself gets nothing from here', async () => {
    for (const code of ['BBON', ...FLOWS.map(([flow]) => flow)]) {
      expect(await mailboxOf(`batch@${MEMBER.id}`, code)).toEqual({});
    }
  });
});
