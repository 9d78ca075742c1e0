import { accountOf } from '../access/authorizer.ts';
import type { SecondFactors } from '../access/second-factor.ts';
import type { Current } from '../domain/current.ts';
import { actingFor, belowTop } from '../domain/designation.ts';
import type { Generation } from '../domain/generation.ts';
import type { Language } from '../domain/partner.ts';
import { principalName, type Session } from '../domain/principal.ts';
import { ROOT } from '../domain/vpath.ts';
import { absent } from '../vfs/places.ts';
import { type Call, type Later, type Route, reply, route } from './route.ts';
import { type SessionAnswer, session } from './schemas/session.ts';

export type SessionParts = {
  readonly generation: Current<Generation>;
  readonly factors: Pick<SecondFactors, 'offered' | 'openUntil'>;
  readonly languages: Current<readonly Language[]>;
};

/** Who is asking. */
export function sessionRoutes(parts: Later<SessionParts>): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/session',
      summary: 'Who is asking, how he came in, and what holds for him',
      answers: { 200: { about: 'The session of this connection', schema: session } },
      handle: async (call) => reply(sessionOf(call, parts())),
    }),
  ];
}

function sessionOf(call: Call, { generation: current, factors, languages }: SessionParts): SessionAnswer {
  const generation = current.value;
  const { principal, level, accessMethod, remoteAddress, certificate } = call.session;
  const found = accountOf(generation, principal);
  // Disabled since the connection was admitted: it will be cut in a moment.
  if (found === undefined) throw absent();
  const { partner } = found;
  const until = factors.openUntil(call.session);
  const offered = factors.offered(principal);
  return {
    principal: {
      kind: principal.kind,
      id: principal.id,
      name: principalName(principal),
      partner: partner.id,
      partnerName: partner.name,
    },
    designations: designationsOf(call.session, generation),
    level: until === undefined ? level : 2,
    levelUntil: until === undefined ? null : new Date(until).toISOString(),
    offers: (['totp', 'password'] as const).filter((kind) => offered[kind]),
    ...{ accessMethod, remoteAddress, languages: [...languages.value], language: call.language },
    contact: partner.helpdesk,
    // What comes in by the portal is complete when it was sent.
    limits: { maxFileBytes: partner.maxFileBytes ?? generation.limits.maxFileBytes, settleSeconds: 0 },
    generation: generation.id,
    certificate:
      certificate === undefined ? null : { ...certificate, notAfter: new Date(certificate.notAfter).toISOString() },
  };
}

function designationsOf(session: Session, { partners }: Generation): SessionAnswer['designations'] {
  return actingFor(session).map(({ session: own, top }) => {
    const { partner: id } = own.principal;
    const partner = partners.find((one) => one.id === id);
    return { partner: id, name: partner?.name ?? id, root: belowTop(top, ROOT) };
  });
}
