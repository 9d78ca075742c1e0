import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { AuditLog, type AuditLogOptions } from '../../src/audit/audit-log.ts';
import { readHeads, signedPart } from '../../src/audit/heads.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { GatewayError } from '../../src/domain/errors.ts';
import type { AuditLine, ChainedLine } from '../../src/storage/commands.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import { openSqliteLedger } from '../../src/storage/sqlite-ledger.ts';
import { HandClock } from '../storage/ledger-fixture.ts';
import { tempFolder } from '../storage/temp-folder.ts';

function line(n: number): AuditLine {
  return { kind: 'look', outcome: 'refused', fields: { n } };
}

function throwIt(error: Error): never {
  throw error;
}

async function newLedger(folder: string): Promise<Ledger> {
  const ledger = await openSqliteLedger({ file: join(folder, 'ledger.db'), onBroken: throwIt });
  onTestFinished(() => ledger.close());
  return ledger;
}

async function newLog(ledger: Ledger, directory: string, more: Partial<AuditLogOptions> = {}): Promise<AuditLog> {
  return AuditLog.open({ ledger, directory, clock: systemClock, onBroken: throwIt, ...more });
}

function linesOf(ledger: Ledger): Promise<readonly ChainedLine[]> {
  return ledger.read({ kind: 'auditLines', from: 1, limit: 100_000 });
}

/** A disk fault: commits fail with `fault` while it is set; everything else is the real ledger. */
function withFault(ledger: Ledger, state: { fault: GatewayError | undefined }): Ledger {
  return {
    commit: async (commands) => {
      if (state.fault !== undefined) throw state.fault;
      return ledger.commit(commands);
    },
    read: (query) => ledger.read(query),
    claim: (...all) => ledger.claim(...all),
    extend: (...all) => ledger.extend(...all),
    close: () => ledger.close(),
  };
}

const FULL = new GatewayError('out-of-space', 'full');

describe('the audit log', () => {
  test('lines noted while others are being written are written, too', async () => {
    const folder = await tempFolder();
    const ledger = await newLedger(folder);
    const held = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const slow: Ledger = {
      ...withFault(ledger, { fault: undefined }),
      commit: async (commands) => {
        begun.resolve();
        await held.promise;
        return ledger.commit(commands);
      },
    };
    const log = await newLog(slow, folder);
    log.note(line(0));
    await begun.promise;
    log.note(line(1));
    log.note(line(2));
    held.resolve();
    await vi.waitFor(async () => expect(await linesOf(ledger)).toHaveLength(3), { timeout: 5000 });
    expect((await linesOf(ledger)).map((one) => one.fields.n)).toEqual([0, 1, 2]);
    await log.close();
  });

  test('writes noted lines soon, in order, without being waited for', async () => {
    const folder = await tempFolder();
    const ledger = await newLedger(folder);
    const log = await newLog(ledger, folder);
    for (let n = 0; n < 2500; n += 1) log.note(line(n));
    log.assertWorking();
    await vi.waitFor(async () => expect(await linesOf(ledger)).toHaveLength(2500), { timeout: 5000 });
    expect((await linesOf(ledger)).map((one) => one.fields.n)).toEqual(Array.from({ length: 2500 }, (_, n) => n));
    await log.close();
  });

  test('has written a recorded line when it says so', async () => {
    const folder = await tempFolder();
    const ledger = await newLedger(folder);
    const log = await newLog(ledger, folder);
    await log.record(line(1));
    expect(await linesOf(ledger)).toMatchObject([{ seq: 1, ...line(1) }]);
    await log.close();
  });

  test('writes what waits when it is closed', async () => {
    const folder = await tempFolder();
    const ledger = await newLedger(folder);
    const log = await newLog(ledger, folder);
    log.note(line(1));
    await log.close();
    expect(await linesOf(ledger)).toHaveLength(1);
  });
});

describe('without room for the log', () => {
  test('nothing is accepted, and all goes on with every line once there is room', async () => {
    const folder = await tempFolder();
    const ledger = await newLedger(folder);
    const state: { fault: GatewayError | undefined } = { fault: FULL };
    const log = await newLog(withFault(ledger, state), folder);
    log.note(line(1));
    await vi.waitFor(() => expect(() => log.assertWorking()).toThrow(GatewayError), { timeout: 5000 });
    expect(() => log.assertWorking()).toThrow(expect.objectContaining({ code: 'unavailable' }));
    log.note(line(2));
    state.fault = undefined;
    await vi.waitFor(() => log.assertWorking(), { timeout: 5000 });
    await vi.waitFor(async () => expect(await linesOf(ledger)).toHaveLength(2), { timeout: 5000 });
    await log.close();
  });

  test('the lines kept are limited, and how many were lost is written', async () => {
    const folder = await tempFolder();
    const ledger = await newLedger(folder);
    const state: { fault: GatewayError | undefined } = { fault: FULL };
    const log = await newLog(withFault(ledger, state), folder);
    for (let n = 0; n < 20_007; n += 1) log.note(line(n));
    expect(() => log.assertWorking()).toThrow(expect.objectContaining({ code: 'unavailable' }));
    state.fault = undefined;
    await log.close();
    const lines = await linesOf(ledger);
    expect(lines).toHaveLength(20_001);
    expect(lines.find((one) => one.kind === 'audit.lost')?.fields).toEqual({ lines: 7 });
  });

  test('a line that waits for more than a second stops the service', async () => {
    const folder = await tempFolder();
    const clock = new HandClock();
    const log = await newLog(await newLedger(folder), folder, { clock });
    log.note(line(1));
    clock.at += 1000;
    log.assertWorking();
    clock.at += 1;
    expect(() => log.assertWorking()).toThrow(expect.objectContaining({ code: 'unavailable' }));
    await log.close();
    log.assertWorking();
  });

  test('a request waits for a log that is only late, and not for one that can not be written', async () => {
    const folder = await tempFolder();
    const clock = new HandClock();
    const state: { fault: GatewayError | undefined } = { fault: undefined };
    const log = await newLog(withFault(await newLedger(folder), state), folder, { clock });
    log.note(line(1));
    clock.at += 1001;
    await log.whenWorking(); // until the line was written
    log.assertWorking();
    state.fault = FULL;
    log.note(line(2));
    clock.at += 1001;
    await expect(log.whenWorking()).rejects.toMatchObject({ code: 'unavailable' });
    state.fault = undefined;
    await log.close();
  });

  test('any other fault ends the process', async () => {
    const folder = await tempFolder();
    const broken: GatewayError[] = [];
    const state: { fault: GatewayError | undefined } = { fault: new GatewayError('broken', 'no disk') };
    const ledger = withFault(await newLedger(folder), state);
    const log = await newLog(ledger, folder, { onBroken: (error) => broken.push(error) });
    log.note(line(1));
    await vi.waitFor(() => expect(broken).toEqual([state.fault]), { timeout: 5000 });
    log.note(line(2));
    expect(() => log.assertWorking()).toThrow(expect.objectContaining({ code: 'unavailable' }));
    state.fault = undefined;
    await log.close();
  });
});

describe('signed heads', () => {
  test('are written for every 1,000 lines and for the rest at the end, each with its signature', async () => {
    const folder = await tempFolder();
    const ledger = await newLedger(folder);
    const sign = async (data: Uint8Array) => Buffer.from(`signed ${Buffer.from(data)}`);
    const log = await newLog(ledger, folder, { sign });
    for (let n = 0; n < 2100; n += 1) log.note(line(n));
    await log.close();
    const heads = await readHeads(folder);
    const lines = await linesOf(ledger);
    expect(heads.map((head) => head.seq)).toEqual([1000, 2000, 2100]);
    for (const head of heads) {
      expect(head.hash).toBe(lines[head.seq - 1]?.hash);
      expect(String(Buffer.from(head.signature, 'base64'))).toBe(`signed ${Buffer.from(signedPart(head))}`);
    }
  });

  test('are written while it runs', async () => {
    const folder = await tempFolder();
    const ledger = await newLedger(folder);
    const log = await newLog(ledger, folder);
    for (let n = 0; n < 1000; n += 1) log.note(line(n));
    await vi.waitFor(async () => expect(await readHeads(folder)).toMatchObject([{ seq: 1000 }]), { timeout: 5000 });
    await log.close();
    expect(await readHeads(folder)).toHaveLength(1);
  });

  test('go on after a restart, also where a crash left half a line', async () => {
    const folder = await tempFolder();
    const ledger = await newLedger(folder);
    const first = await newLog(ledger, folder);
    await first.record(line(1));
    await first.close();
    await appendFile(join(folder, 'heads.jsonl'), '{"seq":2,"ha');
    const second = await newLog(ledger, folder);
    await second.record(line(2));
    await second.close();
    const third = await newLog(ledger, folder);
    await third.close();
    expect((await readHeads(folder)).map((head) => head.seq)).toEqual([1, 2]);
    expect((await readFile(join(folder, 'heads.jsonl'), 'utf8')).split('\n')).toHaveLength(3);
  });
});
