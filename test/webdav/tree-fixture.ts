import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderAuthorizer } from '../../src/access/authorizer.ts';
import { systemClock } from '../../src/domain/clock.ts';
import type { SharedFolder } from '../../src/domain/flow.ts';
import type { Generation, Limits } from '../../src/domain/generation.ts';
import type { HttpHandler } from '../../src/domain/http.ts';
import type { Logger } from '../../src/domain/logger.ts';
import type { Account, Partner } from '../../src/domain/partner.ts';
import { ALL_RIGHTS, type PartnerId, type Session } from '../../src/domain/principal.ts';
import { parseVPath } from '../../src/domain/vpath.ts';
import type { AuditLine } from '../../src/storage/commands.ts';
import { DiskStore } from '../../src/storage/disk-store.ts';
import { openSqliteLedger } from '../../src/storage/sqlite-ledger.ts';
import { Vfs } from '../../src/vfs/vfs.ts';
import { davHandler } from '../../src/webdav/handler.ts';

export const LIMITS: Limits = {
  maxFileBytes: 64 * 1024 * 1024,
  settleSecondsWebdav: 2,
  emptySettleSeconds: 30,
  goWaitSeconds: 600,
  setWithoutGoMinutes: 60,
  idleTimeoutSeconds: 60,
  headersTimeoutSeconds: 10,
  minBodyBytesPerSecond: 1000,
  loginGraceSeconds: 20,
  loginTries: 3,
  maxUnauthenticated: 50,
  maxConnectionsPerPrincipal: 20,
  maxConnectionsPerPartner: 200,
  maxRefusedPerNotification: 100_000,
};

const KSZ = 'ksz' as PartnerId;
const RVA = 'rva' as PartnerId;

const batch: Account = {
  kind: 'machine',
  id: 'batch',
  roles: [],
  flows: 'all',
  certificates: [{ kind: 'machine', kbo: '0900000147', commonName: 'batch' }],
  sshKeys: [],
  disabled: false,
};

function partner(id: PartnerId, sector: number, account: Account): Partner {
  return {
    id,
    name: id,
    institution: { sector, type: 0 },
    kbo: '0900000147',
    network: 'primary',
    disabled: false,
    layout: 'by-flow',
    answerFormat: 'json',
    language: 'en',
    senderNumbers: [],
    sends: [],
    receives: [],
    accessMethods: [{ method: 'line', address: '127.0.0.1' }],
    accounts: [account],
    helpdesk: { name: 'desk', email: 'desk@example.org', telephone: '0' },
    source: `config/partners/${id}.yaml`,
  };
}

/** `/SHARED/work` with all rights for ksz, `/SHARED/hidden` for rva alone. */
const folders: readonly SharedFolder[] = [
  {
    path: parseVPath('/SHARED/work'),
    content: 'reviewed',
    approver: 'anna@ksz',
    grants: [{ partner: KSZ, rights: ALL_RIGHTS, rule: 'folders#0' }],
  },
  {
    path: parseVPath('/SHARED/hidden'),
    content: 'reviewed',
    approver: 'anna@rva',
    grants: [{ partner: RVA, rights: ALL_RIGHTS, rule: 'folders#1' }],
  },
];

const generation: Generation = {
  id: 'g1',
  partners: [partner(KSZ, 25, batch), partner(RVA, 18, { ...batch, certificates: [] })],
  sectors: [],
  flows: [],
  authorizations: [],
  folders,
  availability: [],
  limits: LIMITS,
};

export function sessionOf(partnerId: 'ksz' | 'rva'): Session {
  return {
    id: `test-${partnerId}`,
    principal: { kind: 'machine', id: 'batch', partner: partnerId === 'ksz' ? KSZ : RVA, roles: [] },
    protocol: 'webdav',
    accessMethod: 'line',
    remoteAddress: '127.0.0.1',
    level: 1,
    fingerprint: '',
  };
}

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

export type TreeFixture = {
  readonly handler: HttpHandler;
  readonly vfs: Vfs;
  readonly lines: AuditLine[];
  readonly logger: KeptErrors;
  readonly directory: string;
  /** Replace the value to change what is in force. */
  readonly generation: { value: Generation };
  close(): Promise<void>;
};

/** The real file tree on a folder of its own, behind the WebDAV handler. */
export async function openTree(): Promise<TreeFixture> {
  const directory = await mkdtemp(join(tmpdir(), 'sluis-webdav-'));
  const lines: AuditLine[] = [];
  const current: { value: Generation } = { value: generation };
  const logger = new KeptErrors();
  const ledger = await openSqliteLedger({
    file: join(directory, 'ledger.sqlite'),
    onBroken: (error) => logger.error({ error }),
  });
  const vfs = new Vfs({
    store: new DiskStore({ directory: join(directory, 'content') }),
    ledger,
    authorizer: new FolderAuthorizer(current, () => Date.now()),
    audit: {
      note: (line) => void lines.push(line),
      record: async (line) => void lines.push(line),
      assertWorking: () => undefined,
    },
    generation: current,
    clock: systemClock,
    onArrival: () => undefined,
  });
  return {
    handler: davHandler({ files: vfs, uploads: vfs.uploads, clock: systemClock, logger }),
    vfs,
    lines,
    logger,
    directory,
    generation: current,
    async close() {
      await ledger.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
