import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { RecordLogReader } from '../../src/audit/record-log-reader.ts';
import { openDirectory, type ReferenceDirectory } from '../../src/directory/lmdb-directory.ts';
import { MANDATE_LINES_HEADER } from '../../src/directory/mandate-lines.ts';
import { type Mandates, openMandates } from '../../src/directory/mandates.ts';
import { PERSON_LINES_HEADER } from '../../src/directory/person-lines.ts';
import type { Authorization, Field, FieldType, Flow } from '../../src/domain/flow.ts';
import type { Institution, Sector } from '../../src/domain/partner.ts';
import { type IsoDate, parseDate } from '../../src/domain/period.ts';
import type { PartnerId } from '../../src/domain/principal.ts';
import type { Ticket } from '../../src/domain/submission.ts';
import type { BatchResult, BatchTask, OriginalsLookup } from '../../src/pipeline/batch.ts';
import type { QuestionsLookup } from '../../src/pipeline/questions.ts';
import { runBatch } from '../../src/pipeline/run-batch.ts';
import type { ContentRef } from '../../src/storage/content-store.ts';
import { DiskStore } from '../../src/storage/disk-store.ts';
import { SmallStore } from '../../src/storage/small-store.ts';

/** Flows, acts and partners as the demo has them, written by hand, and a store and directory of their own per test. */

export function date(value: string): IsoDate {
  const parsed = parseDate(value);
  if (parsed === undefined) throw new Error(`${value} is no date`);
  return parsed;
}

const partner = (id: string) => id as PartnerId;
const institution = (sector: number, type: number): Institution => ({ sector, type });

function field(name: string, type: FieldType, required = true): Field {
  return { name, type, required };
}

const DATE: FieldType = { kind: 'date', form: 'yyyy-MM-dd' };
const chars = (maxLength: number): FieldType => ({ kind: 'text', maxLength });
const digits = (length: number): FieldType => ({ kind: 'digits', length });
const integer = (maxDigits: number): FieldType => ({ kind: 'integer', maxDigits });
const code = (...values: string[]): FieldType => ({ kind: 'code', values });

const COMMON = {
  kind: 'mutation',
  senderLine: 'none',
  triggers: ['upload'],
  names: 'reusable',
  namesWindowDays: 180,
  refuseSameContent: false,
  order: 'strict',
  afterQuarantine: 'overtake',
  holdDays: 30,
  remindAfterDays: [7, 21],
  maxFileBytes: 10_000_000_000,
  keepAnsweredSeconds: 60,
  level: 1,
} as const;

export const ADRM: Flow = {
  ...COMMON,
  code: 'ADRM',
  title: 'Address mutations',
  pattern: '^ADRM.*$',
  purposes: ['ADDRESS_MAINTENANCE'],
  source: 'flows/ADRM.yaml',
  format: { kind: 'delimited', separator: ';', header: true, charset: 'utf-8' },
  layouts: [
    {
      version: '1',
      validFrom: date('2020-01-01'),
      fields: [
        field('record_no', integer(7)),
        field('ticket', { kind: 'uuid' }),
        field('ssin', { kind: 'insz' }),
        field('ssin_replaced_by', { kind: 'insz' }, false),
        field('mutation_code', code('ADR', 'NAM', 'DEC')),
        field('effective_date', DATE),
        field('street', chars(50)),
        field('house_no', chars(10)),
        field('box', chars(4), false),
        field('postal_code', chars(10)),
        field('municipality_nis', digits(5)),
        field('country_nis', digits(5)),
        field('source', code('RR', 'KSZ')),
        field('quality_code', digits(3)),
        field('quality_begin', DATE),
        field('quality_end', DATE, false),
      ],
      roles: {
        number: 'record_no',
        person: 'ssin',
        replacedBy: 'ssin_replaced_by',
        periodBegin: 'effective_date',
        quality: 'quality_code',
        qualityBegin: 'quality_begin',
        qualityEnd: 'quality_end',
      },
      periods: [{ begin: 'quality_begin', end: 'quality_end' }],
      totals: [],
      births: [],
    },
  ],
  blocks: [
    { name: 'key', fields: ['record_no', 'ticket', 'ssin', 'ssin_replaced_by', 'mutation_code', 'effective_date'] },
    { name: 'address', fields: ['street', 'house_no', 'box', 'postal_code', 'municipality_nis', 'country_nis'] },
    { name: 'origin', fields: ['source'] },
    { name: 'quality', fields: ['quality_code', 'quality_begin', 'quality_end'] },
  ],
};

export const WLAT: Flow = {
  ...COMMON,
  code: 'WLAT',
  title: 'Unemployment attests',
  pattern: '^WLAT.*$',
  purposes: ['FAMILY_BENEFITS_RIGHT'],
  source: 'flows/WLAT.yaml',
  format: { kind: 'json-lines' },
  layouts: [
    {
      version: '1',
      validFrom: date('2020-01-01'),
      fields: [
        field('seq', integer(7)),
        field('ticket', { kind: 'uuid' }),
        field('legalContext', code('FAMILY_BENEFITS_RIGHT')),
        field('ssin', { kind: 'insz' }),
        field('sender.sector', integer(3)),
        field('sender.institution', integer(3)),
        field('attest', code('UNEMPLOYED', 'LONG_TERM', 'CAREER_BREAK', 'END')),
        field('status', integer(1)),
        field('cancels', chars(20), false),
        field('period.begin', DATE),
        field('period.end', DATE, false),
        field('longTerm', { kind: 'boolean' }),
        field('ref', chars(20)),
      ],
      roles: {
        number: 'seq',
        person: 'ssin',
        periodBegin: 'period.begin',
        periodEnd: 'period.end',
        reference: 'ref',
        cancels: 'cancels',
      },
      periods: [{ begin: 'period.begin', end: 'period.end' }],
      totals: [],
      births: [],
    },
  ],
  blocks: [
    { name: 'key', fields: ['seq', 'ticket', 'ssin', 'ref'] },
    { name: 'context', fields: ['legalContext', 'sender.sector', 'sender.institution'] },
    { name: 'attest', fields: ['attest', 'status', 'cancels', 'longTerm'] },
    { name: 'period', fields: ['period.begin', 'period.end'] },
  ],
};

export const ADRM_ACT: Authorization = {
  id: 'adrm-rjv',
  version: 1,
  instrument: 'deliberation',
  reference: 'test',
  textDigest: '0'.repeat(64),
  flow: 'ADRM',
  act: 'communication',
  purpose: 'ADDRESS_MAINTENANCE',
  sender: institution(25, 0),
  receivers: [{ institution: institution(10, 0), qualities: ['010'], blocks: ['key', 'address', 'origin', 'quality'] }],
  environments: ['R', 'T', 'S'],
  from: date('2020-01-01'),
  source: 'authorizations/adrm-rjv.yaml',
};

export const WLAT_ACT: Authorization = {
  ...ADRM_ACT,
  id: 'wlat-kbf',
  flow: 'WLAT',
  purpose: 'FAMILY_BENEFITS_RIGHT',
  sender: institution(18, 0),
  receivers: [
    {
      institution: institution(7, 1),
      qualities: ['101', '102', '103', '104', '105', '106', '107'],
      blocks: ['key', 'context', 'attest', 'period'],
    },
  ],
  source: 'authorizations/wlat-kbf.yaml',
};

export const SECTORS: readonly Sector[] = [
  { number: 7, name: 'child benefits', managingInstitution: partner('kbf'), anonymousMembers: false },
  { number: 10, name: 'holidays', managingInstitution: partner('rjv'), anonymousMembers: false },
  { number: 11, name: 'health', anonymousMembers: true },
  { number: 18, name: 'unemployment', managingInstitution: partner('rva'), anonymousMembers: true },
  { number: 25, name: 'crossroads bank', anonymousMembers: false },
];

export const RECEIVERS: BatchTask['receivers'] = [
  { partner: partner('ksz'), institution: institution(25, 0) },
  { partner: partner('rjv'), institution: institution(10, 0) },
  { partner: partner('kbf'), institution: institution(7, 0) },
];

const NO_CONTENT: ContentRef = { contentId: '', size: 0, sha256: createHash('sha256').digest('hex') };

const TASK = {
  ticket: '0M3Q1ZK8A0001' as Ticket,
  environment: 'R',
  accessMethod: 'line',
  receivedAt: Date.UTC(2026, 0, 20, 9),
  contents: [NO_CONTENT],
  generation: 'f'.repeat(64),
  sectors: SECTORS,
  receivers: RECEIVERS,
} as const;

export const ADRM_TASK: BatchTask = {
  ...TASK,
  flow: ADRM,
  sender: { partner: partner('ksz'), institution: institution(25, 0) },
  authorizations: [ADRM_ACT],
};

export const WLAT_TASK: BatchTask = {
  ...TASK,
  flow: WLAT,
  sender: { partner: partner('rva'), institution: institution(18, 0) },
  authorizations: [WLAT_ACT],
};

/** Lines of the persons in the samples. */
export const PERSON_LINES: readonly string[] = [
  '74031295170;7;1;101;0;2015-06-01;;',
  '74031295170;10;0;010;0;2019-04-01;;',
  '85113098277;7;1;102;0;2012-01-01;2026-12-31;',
  '00022993779;10;0;010;0;2025-10-01;2026-12-31;',
  '68451597725;;;;;;;00022993779',
  '12070496422;11;0;001;0;2012-07-04;;',
];

export const NO_ORIGINALS: OriginalsLookup = async () => new Map();

/** What a batch left behind, as text. */
export type Outcome = {
  readonly result: BatchResult;
  readonly outputs: Readonly<Record<string, string>>;
  /** Without the values as they were sent, which have a test of their own. */
  readonly refusals: readonly unknown[];
  readonly information: readonly unknown[];
  readonly log: readonly Record<string, unknown>[];
  readonly logText: string;
};

export class BatchBench {
  readonly folder: string;
  readonly store: SmallStore;
  readonly directory: ReferenceDirectory;
  readonly mandates: Mandates;
  originals: OriginalsLookup = NO_ORIGINALS;
  questions: QuestionsLookup = async () => [];

  private constructor(folder: string) {
    this.folder = folder;
    this.store = new SmallStore({ disk: new DiskStore({ directory: join(folder, 'content') }) });
    this.directory = openDirectory({ directory: join(folder, 'directory') });
    this.mandates = openMandates({ directory: join(folder, 'directory') });
  }

  static async open(lines: readonly string[] = PERSON_LINES): Promise<BatchBench> {
    const bench = new BatchBench(await mkdtemp(join(tmpdir(), 'sluis-batch-')));
    onTestFinished(async () => {
      await bench.directory.close();
      await bench.mandates.close();
      await rm(bench.folder, { recursive: true, force: true });
    });
    await bench.load(lines);
    return bench;
  }

  async load(lines: readonly string[], environment: 'R' | 'T' = 'R'): Promise<void> {
    const file = join(this.folder, 'persons.csv');
    await writeFile(file, `${[PERSON_LINES_HEADER, ...lines].join('\n')}\n`);
    const result = await this.directory.load(environment, file, SECTORS);
    if (!result.loaded) throw new Error(JSON.stringify(result.problems));
  }

  /** Mandates as their file has them. */
  async mandate(...lines: readonly string[]): Promise<this> {
    const file = join(this.folder, 'mandates.csv');
    await writeFile(file, `${[MANDATE_LINES_HEADER, ...lines].join('\n')}\n`);
    const result = await this.mandates.load('R', file);
    if (!result.loaded) throw new Error(JSON.stringify(result.problems));
    return this;
  }

  /** On the disk, however small it is: a child process or a thread may read it. */
  async content(bytes: string | Uint8Array): Promise<ContentRef> {
    const upload = await this.store.begin({ onDisk: true });
    await this.store.writePart(upload, 0, Buffer.from(bytes));
    return this.store.complete(upload);
  }

  async run(task: BatchTask, bytes: string | Uint8Array): Promise<Outcome> {
    const content = await this.content(bytes);
    const { store, directory, mandates, originals, questions } = this;
    const parts = { store, directory, mandates, originals, questions };
    return this.outcome(await runBatch({ ...task, contents: [content] }, parts));
  }

  async outcome(result: BatchResult): Promise<Outcome> {
    const outputs: Record<string, string> = {};
    for (const output of result.outputs) outputs[output.receiver] = await this.text(output.content);
    const logText = await this.logLines(result.recordLog);
    return {
      result,
      outputs,
      refusals: parseLines(await this.text(result.refusals), withoutValue),
      information: parseLines(await this.text(result.information), withoutValue),
      log: parseLines(logText),
      logText,
    };
  }

  /** Its head, then its records, as lines of JSON. */
  async logLines(content: ContentRef): Promise<string> {
    const reader = new RecordLogReader(this.store.read(content));
    const lines = [JSON.stringify(await reader.head())];
    for await (const outcome of reader.outcomes()) lines.push(JSON.stringify(outcome));
    return `${lines.join('\n')}\n`;
  }

  text(content: ContentRef): Promise<string> {
    return text(this.store.read(content));
  }
}

function withoutValue(this: unknown, name: string, value: unknown): unknown {
  return name === 'value' ? undefined : value;
}

function parseLines(lines: string, reviver?: typeof withoutValue): Record<string, unknown>[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line, reviver));
}
