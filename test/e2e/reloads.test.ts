import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BAD_INPUT } from '../config/bad-input/bad-input.ts';
import { eventually } from '../support/eventually.ts';
import { adrm, answeredWhole, ExchangePlace, goodRow, handIn, KSZ_R } from '../support/exchange-place.ts';
import { editConfig } from '../support/reload.ts';
import {
  DOWNLOAD_PIECE,
  type SlowTransfer,
  sftpDownload,
  sftpOf,
  sftpUpload,
  webdavDownload,
  webdavUpload,
} from '../support/slow-transfers.ts';

/** `npm run reloads` takes 500 during 200; npm test a few. */
const RELOADS = Number(process.env.RELOADS ?? 25);
const TRANSFERS = Number(process.env.TRANSFERS ?? 12);
const RECORDS = 40;
const FILE_BYTES = (RELOADS + 10) * DOWNLOAD_PIECE;
const ACT = 'authorizations/adrm-ksz-rjv.yaml';
const ENDED = '\nuntil: 2025-12-31';
const BAD = BAD_INPUT.filter(([, , from]) => !from.includes('port:'));
const ACCOUNTS = ['anna@ksz', 'bram@ksz', 'anna@rjv', 'bram@rjv'];
const MANY_MS = 1_200_000;

let place: ExchangePlace;

beforeAll(async () => {
  place = await ExchangePlace.open({
    'gateway.yaml': (yaml) =>
      yaml
        .replace('maxConnectionsPerPrincipal: 20', 'maxConnectionsPerPrincipal: 200')
        .replace('maxConnectionsPerPartner: 200', 'maxConnectionsPerPartner: 1000'),
  });
});
afterAll(() => place.close());

/** A sound change: the act that all records rest on ends, or does not. */
async function good(index: number): Promise<string> {
  const known = place.gateway.log.length;
  const ends = index % 2 === 0;
  await editConfig(place.gateway, ACT, (yaml) =>
    ends ? yaml.replace(/^from: 2020-01-01$/m, `from: 2020-01-01${ENDED}`) : yaml.replace(ENDED, ''),
  );
  const line = await eventually('a generation in force', () =>
    place.gateway.log.slice(known).find((entry) => entry.includes('is in force') && entry.includes('"level":30')),
  );
  return JSON.parse(line).generation;
}

/** A wrong one, and right again. */
async function bad(index: number): Promise<void> {
  const [, file, from, to] = BAD[(index * 7) % BAD.length] ?? ['', '', '', ''];
  const target = join(place.gateway.config, file);
  const sound = await readFile(target, 'utf8');
  if (!sound.includes(from)) return;
  const known = place.gateway.log.length;
  await writeFile(
    target,
    sound.replace(from, () => to),
  );
  await eventually('word of a wrong file', () =>
    place.gateway.log.slice(known).some((entry) => entry.includes('the old generation stays')) ? true : undefined,
  );
  await writeFile(target, sound);
  await eventually('no problems', () =>
    place.gateway.log.slice(known).some((entry) => entry.includes('"level":30') && entry.includes('is in force'))
      ? true
      : undefined,
  );
}

async function transfers(ends: (() => void)[]): Promise<readonly SlowTransfer[]> {
  const { gateway } = place;
  const channels = await Promise.all(ACCOUNTS.map((account) => sftpOf(gateway, account)));
  ends.push(...channels.map(({ end }) => end));
  const open: SlowTransfer[] = [];
  for (let index = 0; index < TRANSFERS; index++) {
    const which = Math.floor(index / 4) % ACCOUNTS.length;
    const [account = '', channel] = [ACCOUNTS[which], channels[which]];
    const path = `/SHARED/work/file-${index}.bin`;
    if (channel === undefined) throw new Error('no channel');
    if (index % 4 === 0) open.push(await webdavUpload(gateway, account, path, RELOADS + 1));
    else if (index % 4 === 1) open.push(await webdavDownload(gateway, account, '/SHARED/work/source.bin'));
    else if (index % 4 === 2) open.push(await sftpUpload(channel.sftp, path, RELOADS + 1));
    else open.push(await sftpDownload(channel.sftp, '/SHARED/work/source.bin', FILE_BYTES));
  }
  return open;
}

/** Hands in files for as long as it goes on. @returns what each was answered by which generation */
async function submissions(goesOn: () => boolean): Promise<readonly { generation: string; outcome: string }[]> {
  const answers: { generation: string; outcome: string }[] = [];
  const rows = Array.from({ length: RECORDS }, (_, index) => goodRow(index + 1));
  for (let index = 0; goesOn(); index++) {
    const name = `ADRM reload ${index}.csv`;
    await handIn(place, KSZ_R, { [name]: adrm(...rows) });
    const { notification } = await answeredWhole(place, KSZ_R, name);
    const codes = new Set(notification.refused.flatMap(({ faults }) => faults.map(({ code }) => code)));
    const { generation, records } = notification;
    answers.push({ generation, outcome: `${records.accepted}/${records.total} ${[...codes].join(' ')}`.trim() });
  }
  return answers;
}

test(`${RELOADS} reloads break none of ${TRANSFERS} transfers, and every file is judged by one generation`, {
  timeout: MANY_MS,
}, async () => {
  const source = Buffer.alloc(FILE_BYTES, 'sluis');
  await (await place.client('anna@ksz')).put('/SHARED/work/source.bin', source);
  const ends: (() => void)[] = [];
  const open = await transfers(ends);
  const outcomes = new Map<string, string>();
  const began = JSON.parse(place.gateway.log.find((line) => line.includes('is ready')) ?? '{}').generation;
  outcomes.set(began, `${RECORDS}/${RECORDS}`);
  const state = { goesOn: true };
  const judged = submissions(() => state.goesOn);
  try {
    for (let index = 0; index < RELOADS; index++) {
      if (index % 2 === 0) {
        const ended = (index / 2) % 2 === 0;
        outcomes.set(await good(index / 2), ended ? `0/${RECORDS} 300010` : `${RECORDS}/${RECORDS}`);
      } else await bad(index);
      await Promise.all(open.map((one) => one.step()));
    }
  } finally {
    state.goesOn = false;
  }
  const answers = await judged;
  expect(answers.length).toBeGreaterThan(2);
  expect(answers.map(({ generation, outcome }) => [generation, outcome])).toEqual(
    answers.map(({ generation }) => [generation, outcomes.get(generation)]),
  );
  expect(outcomes.size).toBe(2);
  const whole = createHash('sha256').update(source).digest('hex');
  const digests = await Promise.all(open.map((one) => one.finish()));
  const client = await place.client('anna@ksz');
  for (const [index, digest] of digests.entries()) {
    const held = index % 2 === 1 ? undefined : await client.get(`/SHARED/work/file-${index}.bin`);
    expect(held === undefined ? whole : createHash('sha256').update(held).digest('hex'), open[index]?.name).toBe(
      digest,
    );
  }
  for (const end of ends) end();
});
