import type { SecondFactors } from './access/second-factor.ts';
import type { Clock } from './domain/clock.ts';
import type { Current } from './domain/current.ts';
import type { Generation } from './domain/generation.ts';
import type { HttpHandler } from './domain/http.ts';
import type { Logger } from './domain/logger.ts';
import type { Language } from './domain/partner.ts';
import type { Authorizer, Session } from './domain/principal.ts';
import type { PortalDesks } from './gateway-portal-desks.ts';
import { EventIds } from './portal/events/event-ids.ts';
import { EventHub } from './portal/events/hub.ts';
import { eventRoutes } from './portal/events/routes.ts';
import { expectedRoutes } from './portal/expected-routes.ts';
import type { FileParts } from './portal/files/parts.ts';
import { fileRoutes } from './portal/files/routes.ts';
import { flowRoutes } from './portal/flow-routes.ts';
import { withDescription } from './portal/openapi.ts';
import { oversightRoutes } from './portal/oversight-routes.ts';
import { rightsRoutes } from './portal/rights-routes.ts';
import type { Later, Route } from './portal/route.ts';
import { apiHandler, isApi } from './portal/router.ts';
import { sessionRoutes } from './portal/session-routes.ts';
import { submissionRoutes } from './portal/submission-routes.ts';
import type { Ledger } from './storage/ledger.ts';
import { browsingForDesignations } from './vfs/designated-browsing.ts';
import { forDesignations } from './vfs/designations.ts';
import type { SelectionDesk } from './vfs/selections.ts';
import type { Vfs } from './vfs/vfs.ts';

export type PortalParts = {
  readonly languages: Current<readonly Language[]>;
  readonly generation: Current<Generation>;
  readonly factors: SecondFactors;
  readonly vfs: Vfs;
  readonly selections: SelectionDesk;
  readonly ledger: Pick<Ledger, 'read'>;
  readonly authorizer: Authorizer;
  /** Random, new with every start; all processes of a gateway share it. */
  readonly formKey: Uint8Array;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Who answers what is asked about submissions and flows. */
  readonly desks: PortalDesks;
};

/** The portal as listeners need it. */
export type PortalDoor = {
  /** The API in front of the file tree. */
  readonly inFrontOf: (files: HttpHandler) => HttpHandler;
  /** Ends what would go on for ever. */
  readonly close: () => void;
};

type Opened = PortalParts & { readonly events: EventHub; readonly files: FileParts };

/** Every route of the JSON API, with the description of them all. */
export function portalRoutes(parts: Later<Opened>): readonly Route[] {
  return withDescription([
    ...sessionRoutes(parts),
    ...fileRoutes(() => parts().files),
    ...eventRoutes(parts),
    ...submissionRoutes(() => parts().desks),
    ...oversightRoutes(() => parts().desks),
    ...flowRoutes(() => parts().desks),
    ...rightsRoutes(parts),
    ...expectedRoutes(() => parts().desks),
  ]);
}

export function openPortal(parts: PortalParts): PortalDoor {
  const { languages, logger, factors, formKey } = parts;
  const ids = new EventIds(formKey);
  const levelOf = (session: Session) => (factors.openUntil(session) === undefined ? session.level : 2);
  const events = new EventHub({ ...parts, ids, levelOf });
  const all = { ...parts, events, files: filesOf(parts) };
  const api = apiHandler({ routes: portalRoutes(() => all), languages, logger });
  return {
    inFrontOf: (files) => (request) => (isApi(request) ? api(request) : files(request)),
    close: () => events.close(),
  };
}

/** The file tree as the person sees it. */
function filesOf({ vfs, selections, clock, logger }: PortalParts): FileParts {
  const { uploads, locks, properties, quota } = vfs;
  const tree = forDesignations({ files: vfs, uploads, locks, properties, quota });
  return { ...tree, browsing: browsingForDesignations(vfs.browsing, uploads), selections, clock, logger };
}
