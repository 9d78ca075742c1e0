import type { SecondFactors } from './access/second-factor.ts';
import type { Current } from './domain/current.ts';
import type { Generation } from './domain/generation.ts';
import type { HttpHandler } from './domain/http.ts';
import type { Logger } from './domain/logger.ts';
import type { Language } from './domain/partner.ts';
import { type FlowParts, flowRoutes } from './portal/flow-routes.ts';
import { withDescription } from './portal/openapi.ts';
import type { Later, Route } from './portal/route.ts';
import { apiHandler, isApi } from './portal/router.ts';
import { sessionRoutes } from './portal/session-routes.ts';
import { type SubmissionParts, submissionRoutes } from './portal/submission-routes.ts';

export type PortalParts = {
  readonly languages: readonly Language[];
  readonly generation: Current<Generation>;
  readonly factors: SecondFactors;
  readonly logger: Logger;
  /** Who answers what is asked about submissions and flows. */
  readonly desks: SubmissionParts & FlowParts;
};

/** The portal as listeners need it. */
export type PortalDoor = {
  /** The API in front of the file tree. */
  readonly inFrontOf: (files: HttpHandler) => HttpHandler;
};

/** Every route of the JSON API, with the description of them all. */
export function portalRoutes(parts: Later<PortalParts>): readonly Route[] {
  return withDescription([
    ...sessionRoutes(parts),
    ...submissionRoutes(() => parts().desks),
    ...flowRoutes(() => parts().desks),
  ]);
}

export function openPortal(parts: PortalParts): PortalDoor {
  const { languages, logger } = parts;
  const api = apiHandler({ routes: portalRoutes(() => parts), languages, logger });
  return { inFrontOf: (files) => (request) => (isApi(request) ? api(request) : files(request)) };
}
