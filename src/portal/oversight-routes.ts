import type { OversightDesk } from '../submissions/oversight.ts';
import { type Later, type Route, reply, route } from './route.ts';
import { overseenParams, overseenSubmissions, submissionsQuery } from './schemas/submissions.ts';

export type OversightParts = { readonly oversight: OversightDesk };

/** What the helpdesk of the hub sees across partners. Files stand in the folder `/PARTNERS`. */
export function oversightRoutes(parts: Later<OversightParts>): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/partners/{partner}/submissions',
      summary: 'What a partner handed in, latest first, for the helpdesk of the hub: no content, no value, no digest',
      params: overseenParams,
      query: submissionsQuery,
      answers: {
        200: { about: 'One page of submissions; it may be short and still go on', schema: overseenSubmissions },
      },
      handle: async ({ params, query: { q, ...query }, ...call }) =>
        reply(await parts().oversight.list(call, params.partner, { ...query, text: q })),
    }),
  ];
}
