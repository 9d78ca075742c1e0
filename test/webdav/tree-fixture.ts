import { systemClock } from '../../src/domain/clock.ts';
import type { Generation } from '../../src/domain/generation.ts';
import type { HttpHandler } from '../../src/domain/http.ts';
import type { Logger } from '../../src/domain/logger.ts';
import { ALL_RIGHTS, type PartnerId } from '../../src/domain/principal.ts';
import { parseVPath } from '../../src/domain/vpath.ts';
import { davPartsOf } from '../../src/gateway-listeners.ts';
import { davHandler } from '../../src/webdav/handler.ts';
import { account, generation, LIMITS, partner } from '../support/generation.ts';
import { openTree, type TreeParts } from '../support/parts.ts';

/** A logger that keeps what went wrong. */
export class KeptErrors implements Logger {
  readonly errors: object[] = [];
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(fields: object): void {
    this.errors.push(fields);
  }
}

export const KBO = '0900000147';

/** `/SHARED/work` for ksz and rjv, `/SHARED/hidden` for rjv alone; `batch@ksz` comes in with a certificate. */
export function davGeneration(): Generation {
  const base = generation();
  const batch = account('batch', 'machine', { certificates: [{ kind: 'machine', kbo: KBO, commonName: 'batch' }] });
  const ksz = partner('ksz', { accounts: [account('anna', 'person'), batch] });
  const hidden = {
    path: parseVPath('/SHARED/hidden'),
    content: 'reviewed' as const,
    approver: 'approver',
    level: 1 as const,
    source: 'folders.yaml#/folders/1',
    grants: [{ partner: 'rjv' as PartnerId, rights: ALL_RIGHTS, rule: 'folders.yaml#hidden' }],
  };
  return {
    ...base,
    partners: base.partners.map((candidate) => (candidate.id === 'ksz' ? ksz : candidate)),
    folders: [...base.folders, hidden],
    limits: { ...LIMITS, maxFileBytes: 64 * 1024 * 1024 },
  };
}

export type DavTree = TreeParts & { readonly handler: HttpHandler; readonly logger: KeptErrors };

/** The WebDAV handler on the real file tree. */
export async function openDavTree(): Promise<DavTree> {
  const tree = await openTree(davGeneration());
  const logger = new KeptErrors();
  const parts = { ...davPartsOf(tree.vfs), clock: systemClock, logger };
  return { ...tree, handler: davHandler(parts), logger };
}
