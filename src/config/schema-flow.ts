import { z } from 'zod';
import { CHARACTER_CLASSES } from '../domain/charset.ts';
import { WEEKDAYS } from '../domain/expectation.ts';
import { FLOW_KINDS } from '../domain/flow.ts';
import { level } from './schema.ts';
import { births, columns, fieldName, flowFormat, totals } from './schema-format.ts';
import {
  authorizationId,
  date,
  flowCode,
  institution,
  line,
  listOf,
  matching,
  parsed,
  partnerId,
  seconds,
  sha256,
  strict,
  word,
} from './schema-values.ts';

const pattern = parsed(
  anchored,
  'is not a regular expression of up to 200 characters',
  'correct the expression; it must match the whole file name',
);

const named = {
  name: fieldName,
  required: z.union([z.boolean(), z.literal('in-group')], { error: 'true, false, in-group' }).default(true),
  columns: columns.optional(),
};
const length = z.int().min(1).max(10_000);
const digits = z.int().min(1).max(15);
const form = z.enum(['yyyy-MM-dd', 'yyyyMMdd']).default('yyyy-MM-dd');
const signed = z.boolean().default(false);

const field = z.discriminatedUnion('type', [
  strict({ ...named, type: z.literal('integer'), maxDigits: digits }),
  strict({ ...named, type: z.literal('cents'), maxDigits: digits, signed }),
  strict({
    ...named,
    type: z.literal('decimal'),
    maxDigits: digits,
    decimals: z.int().min(0).max(9),
    point: z.enum(['.', ',']).default('.'),
    signed,
  }),
  strict({
    ...named,
    type: z.literal('text'),
    maxLength: length,
    pattern: pattern.optional(),
    characters: z.enum(CHARACTER_CLASSES).optional(),
  }),
  strict({ ...named, type: z.literal('digits'), length }),
  strict({ ...named, type: z.literal('code'), values: listOf(line(), 1) }),
  strict({ ...named, type: z.literal('date'), form }),
  strict({ ...named, type: z.literal('incomplete-date'), form }),
  strict({ ...named, type: z.literal('quarter') }),
  strict({ ...named, type: z.literal('boolean') }),
  strict({ ...named, type: z.literal('insz') }),
  strict({ ...named, type: z.literal('kbo') }),
  strict({ ...named, type: z.literal('rsz') }),
  strict({ ...named, type: z.literal('sector') }),
  strict({ ...named, type: z.literal('institution') }),
  strict({ ...named, type: z.literal('uuid') }),
]);

const roles = strict({
  number: fieldName.optional(),
  person: fieldName,
  replacedBy: fieldName.optional(),
  periodBegin: fieldName,
  periodEnd: fieldName.optional(),
  quality: fieldName.optional(),
  qualityBegin: fieldName.optional(),
  qualityEnd: fieldName.optional(),
  reference: fieldName.optional(),
  cancels: fieldName.optional(),
  receiver: fieldName.optional(),
  receiverSector: fieldName.optional(),
  receiverType: fieldName.optional(),
  receiverKbo: fieldName.optional(),
  receiverPartner: fieldName.optional(),
  questionTicket: fieldName.optional(),
  action: fieldName.optional(),
  phase: fieldName.optional(),
  employer: fieldName.optional(),
  application: fieldName.optional(),
  user: fieldName.optional(),
  question: fieldName.optional(),
  information: fieldName.optional(),
});

const layout = strict({
  version: word,
  validFrom: date,
  validUntil: date.optional(),
  referenceFrom: date.optional(),
  referenceUntil: date.optional(),
  fields: z.array(field).min(1),
  roles,
  changes: strict({ field: fieldName, values: listOf(line(), 1) }).optional(),
  periods: z.array(strict({ begin: fieldName, end: fieldName })).default([]),
  totals,
  births,
  proofs: z.array(listOf(fieldName, 1)).optional(),
});

const days = z.int().min(1).max(3660);
const hours = z.int().min(1).max(87_600);

/** What a flow of requests asks for; hours count from the closing of the request. */
const asks = strict({
  datum: word,
  answerFlow: flowCode,
  answerWithinHours: hours,
  closeAfterHours: hours,
  ticketField: strict({ name: fieldName, columns: columns.optional() }).optional(),
});

const timeOfDay = matching(
  /^(?:[01]\d|2[0-3]):[0-5]\d$/,
  'is not a time of day',
  'write it between quotes, as in "18:00"',
);
const due = { from: partnerId, by: timeOfDay, graceHours: z.int().min(0).max(720).default(4) };

/** A file that is expected regularly, in environment R. Times of day are those of Belgium. */
const expectation = z.discriminatedUnion('every', [
  strict({ ...due, every: z.literal('day'), weekdaysOnly: z.boolean().default(true) }),
  strict({ ...due, every: z.literal('week'), weekday: z.enum(WEEKDAYS) }),
  strict({ ...due, every: z.literal('month'), day: z.int().min(1).max(28) }),
  /** Counted from the first day of the quarter, which is 1. */
  strict({ ...due, every: z.literal('quarter'), day: z.int().min(1).max(90) }),
]);

/** `flows/<CODE>.yaml` */
export const flowSchema = strict({
  code: flowCode,
  title: line(),
  kind: z.enum(FLOW_KINDS),
  receiver: institution.optional(),
  asks: asks.optional(),
  senderLine: z.enum(['required', 'creates', 'none']),
  triggers: listOf(z.enum(['go-file', 'upload']), 1),
  pattern,
  format: flowFormat,
  layouts: z.array(layout).min(1),
  blocks: z.record(word, listOf(fieldName, 1)),
  names: z.enum(['unique', 'reusable']).default('reusable'),
  namesWindowDays: z.int().min(1).max(3660).default(180),
  refuseSameContent: z.boolean().default(false),
  order: z.enum(['strict', 'none']).default('strict'),
  afterQuarantine: z.enum(['hold', 'overtake']).default('overtake'),
  holdDays: days.default(30),
  remindAfterDays: listOf(days).default([7, 21]),
  purposes: listOf(word, 1),
  maxFileBytes: z.int().min(1).max(1_000_000_000_000).default(10_000_000_000),
  keepAnsweredSeconds: seconds(0.1, 86_400).default(60),
  level: level.default(1),
  expected: z.array(expectation).default([]),
});

const environment = z.enum(['R', 'T', 'S']);
const quality = matching(/^\d{3}$/, 'is not a quality code', 'write three digits between quotes, as in "010"');

/** `authorizations/<id>.yaml` */
export const authorizationSchema = strict({
  id: authorizationId,
  version: z.int().min(1).max(9999),
  instrument: z.enum(['deliberation', 'protocol', 'decree', 'exemption']),
  reference: line(),
  /** SHA-256 of the text of the act. */
  textDigest: sha256,
  flow: flowCode,
  act: z.enum(['communication', 'consultation']),
  purpose: word,
  sender: institution,
  receivers: z
    .array(
      strict({
        institution,
        line: z.enum(['required', 'none']).default('required'),
        qualities: listOf(quality).default([]),
        blocks: listOf(word, 1),
      }),
    )
    .min(1),
  /** Levels below the institution: where one is there, a record must name a member of it. */
  applications: listOf(line(), 1).optional(),
  users: listOf(line(), 1).optional(),
  questions: listOf(line(), 1).optional(),
  information: listOf(line(), 1).optional(),
  environments: listOf(environment, 1),
  from: date,
  until: date.optional(),
});

export type FlowFile = z.infer<typeof flowSchema>;
export type LayoutFile = FlowFile['layouts'][number];
export type AuthorizationFile = z.infer<typeof authorizationSchema>;

const MAX_PATTERN = 200;

/** The expression made to match whole texts; anchors the author wrote are taken off first. */
function anchored(text: string): string | undefined {
  const inner = text.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  if (inner === '' || text.length > MAX_PATTERN) return undefined;
  try {
    new RegExp(inner, 'u');
    return new RegExp(`^(?:${inner})$`, 'u').source;
  } catch {
    return undefined;
  }
}
