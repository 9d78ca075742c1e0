import type { PartnerId, Session } from './principal.ts';
import { childOf, partsOf, ROOT, type VPath } from './vpath.ts';

/**
 * What a path is about for a person whom several partners designated: `/rva/IN/a` is `/IN/a` of the one designated by RVA.
 * Everybody else has one tree, and `top` is undefined.
 */
export type Acting = { readonly session: Session; readonly path: VPath; readonly top: PartnerId | undefined };

/** @returns undefined where a path begins with no partner of this person: there is nothing */
export function actingAt(session: Session, path: VPath): Acting | undefined {
  const { designations } = session;
  if (designations === undefined || path === ROOT) return { session, path, top: undefined };
  const [first, ...rest] = partsOf(path);
  const principal = designations.find(({ partner }) => partner === first);
  if (principal === undefined) return undefined;
  const own = { ...session, principal, designations: undefined };
  return { session: own, path: rest.reduce<VPath>(childOf, ROOT), top: principal.partner };
}

/** How the person names a path of one of his trees. */
export function belowTop(top: PartnerId | undefined, path: VPath): VPath {
  return top === undefined ? path : partsOf(path).reduce<VPath>(childOf, childOf(ROOT, top));
}

/** The names of the trees of a person whom several partners designated; undefined for everybody else. */
export function topsOf({ designations }: Session): readonly string[] | undefined {
  return designations?.map(({ partner }) => partner).toSorted();
}

/** Every partner a person acts for, each with its own session; one for everybody whom a single partner designated. */
export function actingFor(session: Session): readonly Pick<Acting, 'session' | 'top'>[] {
  if (session.designations === undefined) return [{ session, top: undefined }];
  return session.designations.map((principal) => ({
    session: { ...session, principal, designations: undefined },
    top: principal.partner,
  }));
}
