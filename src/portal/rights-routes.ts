import type { SecondFactors } from '../access/second-factor.ts';
import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import type { Generation } from '../domain/generation.ts';
import type { Authorizer } from '../domain/principal.ts';
import { rightsOf } from './rights.ts';
import { type Later, type Route, reply, route } from './route.ts';
import { rights } from './schemas/rights.ts';

export type RightsParts = {
  readonly generation: Current<Generation>;
  readonly authorizer: Authorizer;
  readonly factors: Pick<SecondFactors, 'openUntil'>;
  readonly clock: Pick<Clock, 'now'>;
};

/** What the caller may do, in plain words. */
export function rightsRoutes(parts: Later<RightsParts>): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/rights',
      summary: 'What the caller may do, and by which document',
      answers: { 200: { about: 'Folders, flows, acts, ways in and limits', schema: rights } },
      handle: async ({ session, language }) => {
        const { generation, authorizer, factors, clock } = parts();
        const level = factors.openUntil(session) === undefined ? session.level : 2;
        const facts = { generation: generation.value, authorizer, language, now: clock.now() };
        return reply(rightsOf(facts, session, level));
      },
    }),
  ];
}
