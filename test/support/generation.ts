import type { Flow } from '../../src/domain/flow.ts';
import type { Generation, Limits } from '../../src/domain/generation.ts';
import type { Account, Partner } from '../../src/domain/partner.ts';
import { parseDate } from '../../src/domain/period.ts';
import { ALL_RIGHTS, type PartnerId, type Principal, type Protocol, type Session } from '../../src/domain/principal.ts';
import { parseVPath } from '../../src/domain/vpath.ts';

export const LIMITS: Limits = {
  maxFileBytes: 10_000_000,
  quotaBytes: 100_000_000_000,
  settleSecondsWebdav: 2,
  emptySettleSeconds: 10,
  goWaitSeconds: 600,
  setWithoutGoMinutes: 1440,
  idleTimeoutSeconds: 600,
  headersTimeoutSeconds: 10,
  minBodyBytesPerSecond: 1000,
  loginGraceSeconds: 20,
  loginTries: 3,
  maxUnauthenticated: 50,
  maxConnectionsPerPrincipal: 20,
  maxConnectionsPerPartner: 200,
  penaltyFromFailures: 4,
  penaltySeconds: 15,
  maxPenaltySeconds: 600,
  maxRefusedPerNotification: 100_000,
  maxLockSeconds: 3600,
  maxLocksPerPrincipal: 1000,
  partialUploadHours: 72,
  maxPartialUploadsPerPrincipal: 100,
  workingFileHours: 72,
  stepUpHours: 4,
  simulationBytesPerHour: 200_000_000,
  receiptReadBytes: 8_388_608,
  maxDryRunBytes: 100_000_000,
};

export function account(id: string, kind: Account['kind'], more: Partial<Account> = {}): Account {
  return { id, kind, roles: [], flows: 'all', certificates: [], sshKeys: [], disabled: false, ...more };
}

export function partner(id: string, more: Partial<Partner> = {}): Partner {
  return {
    id: id as PartnerId,
    name: id.toUpperCase(),
    institution: { sector: 25, type: 0 },
    kbo: '0900000147',
    network: 'primary',
    disabled: false,
    layout: 'by-flow',
    answerFormat: 'json',
    language: 'en',
    senderNumbers: ['025000'],
    sends: ['ADRM'],
    receives: [],
    outputs: {},
    packaging: {},
    accessMethods: [{ method: 'line', address: '127.0.0.1' }],
    accounts: [account('anna', 'person'), account('batch', 'machine')],
    helpdesk: { name: 'Helpdesk', email: `help@${id}.example`, telephone: '+32 2 000 00 00' },
    source: `partners/${id}.yaml`,
    ...more,
  };
}

export function flow(code: string, more: Partial<Flow> = {}): Flow {
  return {
    code,
    title: code,
    kind: 'mutation',
    senderLine: 'none',
    triggers: ['upload', 'go-file'],
    pattern: `.*${code}.*`,
    format: { kind: 'delimited', separator: ';', header: true, charset: 'utf-8' },
    layouts: [],
    blocks: [],
    names: 'reusable',
    namesWindowDays: 365,
    refuseSameContent: false,
    order: 'strict',
    afterQuarantine: 'overtake',
    holdDays: 30,
    remindAfterDays: [7, 21],
    purposes: [],
    maxFileBytes: 1_000_000,
    keepAnsweredSeconds: 60,
    level: 1,
    source: `flows/${code}.yaml`,
    ...more,
  };
}

/** Two senders (`ksz` by flow, `rva` flat), a receiver, and one shared folder of the first two. */
export function generation(more: Partial<Generation> = {}): Generation {
  const work = parseVPath('/SHARED/work');
  return {
    id: 'generation-1',
    partners: [
      partner('ksz'),
      partner('rva', {
        layout: 'flat',
        institution: { sector: 18, type: 0 },
        sends: ['WLAT'],
        senderNumbers: ['018000'],
      }),
      partner('rjv', {
        institution: { sector: 10, type: 0 },
        sends: [],
        receives: ['ADRM'],
        senderNumbers: ['010000'],
      }),
    ],
    sectors: [],
    flows: [flow('ADRM'), flow('WLAT')],
    authorizations: [
      {
        id: 'act-adrm',
        version: 1,
        instrument: 'deliberation',
        reference: '2026/001',
        textDigest: '',
        flow: 'ADRM',
        act: 'communication',
        purpose: 'holiday-pay',
        sender: { sector: 25, type: 0 },
        receivers: [{ institution: { sector: 10, type: 0 }, qualities: ['010'], blocks: [] }],
        environments: ['R', 'T', 'S'],
        from: day('2020-01-01'),
        source: 'authorizations/act-adrm.yaml',
      },
    ],
    folders: [
      {
        path: work,
        content: 'reviewed',
        approver: 'approver',
        level: 1,
        source: 'folders.yaml#/folders/0',
        grants: (['ksz', 'rjv'] as const).map((id) => ({
          partner: id as PartnerId,
          rights: ALL_RIGHTS,
          rule: `folders.yaml#work-${id}`,
        })),
      },
    ],
    availability: [],
    limits: LIMITS,
    alarms: { unknownPersonsPerHour: 100, unknownPersonsPerDay: 500 },
    retention: { endedQuestionsDays: 400 },
    ssh: { authorities: [] },
    ...more,
  };
}

export function session(name: string, protocol: Protocol = 'sftp'): Session {
  const [id = '', partnerId = ''] = name.split('@');
  const kind: Principal['kind'] = id === 'batch' ? 'machine' : 'person';
  return {
    id: `session-${name}`,
    principal: { kind, id, partner: partnerId as PartnerId, roles: [] },
    protocol,
    accessMethod: 'line',
    remoteAddress: '127.0.0.1',
    level: 1,
    needs: { level: 1, rule: 'gateway.yaml#/listeners/0' },
    fingerprint: 'f'.repeat(64),
  };
}

function day(text: string) {
  const date = parseDate(text);
  if (date === undefined) throw new Error(`${text} is no date`);
  return date;
}
