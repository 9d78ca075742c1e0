import type { ExpectedDesk } from '../submissions/expected.ts';
import { type Later, type Route, reply, route } from './route.ts';
import { expected, expectedQuery } from './schemas/expected.ts';

/** Files that are due, gaps between those that came, and what needs somebody. */
export function expectedRoutes(parts: Later<{ readonly expected: ExpectedDesk }>): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/expected',
      summary: 'Files that are due in a month, serial gaps, and alarms',
      query: expectedQuery,
      answers: { 200: { about: 'The month', schema: expected } },
      handle: async ({ query, ...call }) => reply(await parts().expected.month(call, query.month)),
    }),
  ];
}
