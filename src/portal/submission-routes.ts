import { parseTicket } from '../domain/submission.ts';
import type { SubmissionDesk } from '../submissions/desk.ts';
import type { TrialDesk } from '../submissions/trial.ts';
import { attachment } from './attachment.ts';
import { tooMany } from './problems.ts';
import { type Later, type Route, reply, route } from './route.ts';
import {
  answerParams,
  dryRun,
  dryRunQuery,
  refusedCsvQuery,
  refusedQuery,
  refusedRecords,
  submissionDetail,
  submissions,
  submissionsQuery,
  ticketParams,
  verification,
  verifyQuery,
} from './schemas/submissions.ts';

export type SubmissionParts = {
  readonly submissions: SubmissionDesk;
  readonly trials: TrialDesk;
};

/** What became of the files that the caller's partner handed in, and what would become of one. */
export function submissionRoutes(parts: Later<SubmissionParts>): readonly Route[] {
  return [...listing(parts), ...refusals(parts), ...answers(parts), trial(parts)];
}

function listing(parts: Later<SubmissionParts>): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/submissions',
      summary: 'What was handed in, latest first, as far as the caller works with its flow',
      query: submissionsQuery,
      answers: { 200: { about: 'One page of submissions; it may be short and still go on', schema: submissions } },
      handle: async ({ query: { q, ...query }, ...call }) =>
        reply(await parts().submissions.list(call, { ...query, text: q })),
    }),
    route({
      method: 'GET',
      path: '/submissions/{ticket}',
      summary: 'One submission, with what happened when and what can be done next',
      params: ticketParams,
      answers: { 200: { about: 'The submission', schema: submissionDetail } },
      handle: async ({ params, ...call }) => reply(await parts().submissions.detail(call, parseTicket(params.ticket))),
    }),
  ];
}

function refusals(parts: Later<SubmissionParts>): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/submissions/{ticket}/refused',
      summary: 'Records that were refused, with field, value as it was sent, code, and what to do',
      params: ticketParams,
      query: refusedQuery,
      answers: { 200: { about: 'One page of refused records', schema: refusedRecords } },
      handle: async ({ params, query, ...call }) =>
        reply(await parts().submissions.refused(call, parseTicket(params.ticket), query)),
    }),
    route({
      method: 'GET',
      path: '/submissions/{ticket}/refused.csv',
      summary: 'The same as a table for spreadsheets',
      params: ticketParams,
      query: refusedCsvQuery,
      answers: { 200: { about: 'RFC 4180 with semicolons, UTF-8 with a byte order mark', media: 'text/csv' } },
      handle: async ({ params, query, ...call }) => {
        const body = await parts().submissions.refusedCsv(call, parseTicket(params.ticket), query);
        const headers = attachment('text/csv; charset=utf-8; header=present', `${params.ticket}.refused.csv`);
        return { status: 200, headers, body };
      },
    }),
  ];
}

function answers(parts: Later<SubmissionParts>): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/submissions/{ticket}/verify',
      summary: 'Whether receipt and notification are what the hub signed; with a body, whether that is',
      params: ticketParams,
      query: verifyQuery,
      takesBytes: true,
      answers: { 200: { about: 'A verdict for each answer', schema: verification } },
      handle: async ({ params, query: { name }, ...call }) => {
        const held = name === undefined ? undefined : { name, bytes: call.request.body };
        const files = await parts().submissions.verify(call, parseTicket(params.ticket), held);
        return reply({ files });
      },
    }),
    route({
      method: 'GET',
      path: '/submissions/{ticket}/answers/{name}',
      summary: 'An answer, also where it does not lie in the mailbox any more',
      params: answerParams,
      answers: { 200: { about: 'The bytes', media: 'application/octet-stream' } },
      handle: async ({ params: { ticket, name }, ...call }) => {
        const { file, body } = await parts().submissions.answer(call, parseTicket(ticket), name);
        const headers = { ...attachment('application/octet-stream', name), 'Content-Length': file.size };
        return { status: 200, headers, body };
      },
    }),
  ];
}

function trial(parts: Later<SubmissionParts>): Route {
  return route({
    method: 'POST',
    path: '/dry-runs',
    summary: 'What would become of a file; nothing is kept or delivered',
    query: dryRunQuery,
    takesBytes: true,
    answers: { 200: { about: 'The verdict', schema: dryRun } },
    handle: async ({ query, ...call }) => {
      const found = await parts().trials.run(call, query, call.request.body);
      return 'waitMs' in found ? tooMany(found.waitMs, call.language) : reply(found);
    },
  });
}
