import { z } from 'zod';
import { cursor, environment, flowCode, listOf, pageLimit, path, sha256, ticket, time } from './common.ts';

const USUAL_SUBMISSIONS = 100;
const USUAL_REFUSED = 200;
const MAX_SEARCH_CHARACTERS = 200;

export const submissionState = z
  .enum(['receiving', 'received', 'checking', 'accepted', 'partially-accepted', 'rejected', 'quarantined', 'cancelled'])
  .meta({ id: 'SubmissionState' });

/** An answer file: where it lies in the mailbox, if it still does. */
const answerFile = z.object({ name: z.string(), path: path.nullable() }).meta({ id: 'AnswerFile' });

const submissionFields = {
  ticket,
  file: z.string(),
  /** Where it was handed in; null where nothing lies there any more. */
  path: path.nullable(),
  /** `unknown` where no flow was found. */
  flow: z.string(),
  flowName: z.string(),
  environment,
  state: submissionState,
  size: z.int(),
  sha256,
  receivedAt: time,
  answeredAt: time.nullable(),
  records: z.object({ total: z.int(), accepted: z.int(), refused: z.int(), withoutReceiver: z.int() }).nullable(),
  /** What is wrong with the file as a whole. */
  errors: z.array(z.object({ code: z.string(), text: z.string() })),
  receipt: z.array(answerFile),
  notification: z.array(answerFile),
};

/** One file that was handed in, and what became of it. */
export const submission = z.object(submissionFields).meta({ id: 'Submission' });

export const submissionsQuery = z.strictObject({
  state: submissionState.optional(),
  flow: flowCode.optional(),
  environment: environment.optional(),
  /** Part of the name of a file, or a ticket. */
  q: z.string().max(MAX_SEARCH_CHARACTERS).optional(),
  cursor: cursor.optional(),
  limit: pageLimit(USUAL_SUBMISSIONS),
});
export const submissions = listOf(submission).meta({ id: 'Submissions' });

/** A submission as the helpdesk of the hub sees it. */
export const overseenSubmission = z
  .object({
    ticket,
    file: z.string(),
    flow: z.string(),
    environment,
    state: submissionState,
    size: z.int(),
    receivedAt: time,
    answeredAt: time.nullable(),
    records: submissionFields.records,
    errors: submissionFields.errors,
  })
  .meta({ id: 'OverseenSubmission' });
export const overseenSubmissions = listOf(overseenSubmission).meta({ id: 'OverseenSubmissions' });
export const overseenParams = z.object({ partner: z.string().min(1).max(31) });

export const submissionDetail = z
  .object({
    ...submissionFields,
    /** What happened when, in order. No receiver is named. */
    timeline: z.array(z.object({ at: time, event: z.string(), text: z.string(), by: z.string().nullable() })),
    /** Files of a set that are still awaited. */
    missing: z.array(z.string()),
    /** What can be done next, in the language of the caller. */
    next: z.string(),
  })
  .meta({ id: 'SubmissionDetail' });

export const ticketParams = z.strictObject({ ticket });

const fault = z
  .object({
    field: z.string(),
    fieldName: z.string(),
    /** As it was sent; null where the hub does not have the file any more, or the caller may not read it. */
    value: z.string().nullable(),
    code: z.string(),
    severity: z.string(),
    text: z.string(),
    /** What to do. */
    remedy: z.string(),
  })
  .meta({ id: 'Fault' });

export const refusedRecord = z
  .object({ record: z.int(), ticket: z.string(), faults: z.array(fault) })
  .meta({ id: 'RefusedRecord' });

const refusedFilter = {
  code: z.string().max(20).optional(),
  field: z.string().max(MAX_SEARCH_CHARACTERS).optional(),
  q: z.string().max(MAX_SEARCH_CHARACTERS).optional(),
};
export const refusedQuery = z.strictObject({
  ...refusedFilter,
  cursor: cursor.optional(),
  limit: pageLimit(USUAL_REFUSED),
});
export const refusedCsvQuery = z.strictObject(refusedFilter);
export const refusedRecords = listOf(refusedRecord).meta({ id: 'RefusedRecords' });

/** Whether receipts and notifications are what the hub signed. */
export const verification = z
  .object({
    files: z.array(
      z.object({
        name: z.string(),
        valid: z.boolean(),
        signer: z.string().nullable(),
        signedAt: time.nullable(),
        digestMatches: z.boolean(),
        problems: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'Verification' });

/** With a body: the bytes of an answer as the caller has it, and its name. */
export const verifyQuery = z.strictObject({ name: z.string().min(1).max(255).optional() });

export const answerParams = z.strictObject({ ticket, name: z.string().min(1).max(255) });

export const dryRunQuery = z.strictObject({ flow: flowCode.optional(), name: z.string().min(1).max(255) });

/** What would become of a file; nothing was kept or delivered. */
export const dryRun = z
  .object({
    file: z.string(),
    flow: z.string(),
    flowName: z.string(),
    environment,
    state: submissionState,
    size: z.int(),
    sha256,
    records: submissionFields.records,
    errors: submissionFields.errors,
    refused: z.array(refusedRecord),
    /** Whether more records would be refused than are listed. */
    truncated: z.boolean(),
    next: z.string(),
  })
  .meta({ id: 'DryRun' });

export type SubmissionState = z.infer<typeof submissionState>;
export type Submission = z.infer<typeof submission>;
export type SubmissionDetail = z.infer<typeof submissionDetail>;
export type RefusedRecord = z.infer<typeof refusedRecord>;
export type Verification = z.infer<typeof verification>;
export type DryRun = z.infer<typeof dryRun>;
