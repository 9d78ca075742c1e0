import type { Flow } from '../domain/flow.ts';
import type { Partner } from '../domain/partner.ts';
import { INTAKES, MAILBOXES } from '../domain/tree.ts';
import { parseVPath } from '../domain/vpath.ts';
import type { FlowLibrary } from '../submissions/flow-guide/library.ts';
import { attachment } from './attachment.ts';
import { type Later, type Route, reply, route } from './route.ts';
import { codes, codesQuery, flow, flowParams, flows, sampleParams } from './schemas/flows.ts';

export type FlowParts = {
  readonly library: FlowLibrary;
  /** How the tree of a partner is laid out. */
  readonly layoutOf: (partner: Partner['id']) => Partner['layout'];
};

/** What to send and what comes back, for the flows that the caller works with. */
export function flowRoutes(parts: Later<FlowParts>): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/flows',
      summary: 'The flows that the caller works with',
      answers: { 200: { about: 'Each with what the partner does in it', schema: flows } },
      handle: async (call) => reply({ items: parts().library.list(call), next: null }),
    }),
    route({
      method: 'GET',
      path: '/flows/{code}',
      summary: 'What to send and what comes back',
      params: flowParams,
      answers: { 200: { about: 'The page of the flow as data', schema: flow } },
      handle: async ({ params, ...call }) => {
        const { summary, title: _, ...guide } = await parts().library.guide(call, params.code);
        const layouts = guide.layouts.map(({ fields, ...layout }) => ({
          ...layout,
          fields: fields.map((field) => ({ ...field, block: field.block ?? null })),
        }));
        const folders = foldersOf(params.code, parts().layoutOf(call.session.principal.partner));
        return reply({ ...guide, ...summary, layouts, folders });
      },
    }),
    route({
      method: 'GET',
      path: '/flows/{code}/samples/{name}',
      summary: 'A sample file',
      params: sampleParams,
      answers: { 200: { about: 'The bytes', media: 'application/octet-stream' } },
      handle: async ({ params: { code, name }, ...call }) => {
        const body = await parts().library.sample(call, code, name);
        return { status: 200, headers: attachment('application/octet-stream', name), body };
      },
    }),
    route({
      method: 'GET',
      path: '/codes',
      summary: 'What codes mean and what to do about them',
      query: codesQuery,
      answers: { 200: { about: 'Each code once', schema: codes } },
      handle: async ({ query, ...call }) => reply({ items: parts().library.codes(call, query.flow), next: null }),
    }),
  ];
}

function foldersOf(code: Flow['code'], layout: Partner['layout']) {
  const below = layout === 'flat' ? '' : `/${code}`;
  return Object.entries(INTAKES).map(([folder, environment]) => ({
    environment,
    intake: parseVPath(`/${folder}${below}`),
    mailbox: parseVPath(`/${MAILBOXES[environment]}${below}`),
  }));
}
