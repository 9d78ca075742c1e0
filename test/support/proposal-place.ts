import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signatureOver } from '../../src/commands/signing-options.ts';
import type { Source } from '../../src/config/load.ts';
import { type Proposal, textToSign } from '../../src/config/proposals.ts';
import { parseSshKey } from '../../src/config/ssh-key.ts';
import type { Generation } from '../../src/domain/generation.ts';
import type { Account, Partner, SshKey } from '../../src/domain/partner.ts';
import type { IsoDate } from '../../src/domain/period.ts';
import type { PartnerId } from '../../src/domain/principal.ts';
import { signersOf } from '../../src/gateway-approvers.ts';
import { ConfigurationDesk, type DeskParts } from '../../src/gateway-config-desk.ts';
import { LocalRevocations } from '../../src/pki/local-revocation.ts';
import { demoPki } from './demo-pki.ts';
import { account, generation, partner } from './generation.ts';

const DAY_MS = 86_400_000;
const BEGUN = Date.parse('2026-03-02T10:00:00Z');
const SYSTEM = { systemUser: 'sluis', at: '2026-03-02T10:00:00.000Z' };

type Parts = {
  readonly folder: string;
  readonly desk: ConfigurationDesk;
  readonly current: { value: Generation };
  readonly clock: { now: number };
  readonly pki: string;
};

/** A desk of the configuration with real keys: Anna edits ACLs, Bram and Carl approve; all are of the hub. */
export class ProposalPlace {
  readonly desk: ConfigurationDesk;
  readonly revokedFile: string;
  readonly #folder: string;
  readonly #current: { value: Generation };
  readonly #clock: { now: number };
  readonly #pki: string;

  private constructor(parts: Parts) {
    this.desk = parts.desk;
    this.#folder = parts.folder;
    this.#current = parts.current;
    this.#clock = parts.clock;
    this.#pki = parts.pki;
    this.revokedFile = join(parts.folder, 'revoked-proofs');
  }

  static async open(): Promise<ProposalPlace> {
    const folder = await mkdtemp(join(tmpdir(), 'sluis-proposals-'));
    const clock = { now: BEGUN };
    const pki = await demoPki();
    const current = { value: await hubGeneration(pki) };
    const revoked = new LocalRevocations(join(folder, 'revoked-proofs'));
    const parts = {
      ...{ data: folder, settings: { demo: false }, current, clock: { now: () => clock.now } },
      audit: { record: async () => undefined },
    };
    const signerOf = signersOf({ ...parts, revoked } as unknown as Parameters<typeof signersOf>[0]);
    const source = {
      bundle: { files: new Map([['gateway.yaml', '']]), named: new Map() },
      shape: new Map(),
    } as unknown as Source;
    const desk = await ConfigurationDesk.open({ ...parts, signerOf } as unknown as DeskParts, source);
    return new ProposalPlace({ folder, desk, current, clock, pki });
  }

  /** Asked for by Anna and approved by Bram, unless others are named. */
  async proposal(more: Partial<Proposal> = {}, author = 'anna', approvers: readonly string[] = ['bram']) {
    const { tree: base } = this.desk.inForce;
    const facts = { tree: 'a'.repeat(64), generation: 'b'.repeat(64), base, message: 'why', ...SYSTEM, ...more };
    const proposal: Proposal = { author: `${author}@ksz`, approvals: [], state: 'open', ...facts };
    const text = textToSign(proposal);
    const sign = async (person: string) => ({
      ...(await signatureOver(text, { key: keyFileOf(this.#pki, person) })),
      ...SYSTEM,
    });
    const approvals = await Promise.all(approvers.map(async (one) => ({ ...(await sign(one)), signer: `${one}@ksz` })));
    return { ...proposal, proof: await sign(author), approvals };
  }

  /** What is in force changes in one account of the hub, or in the hub, and nothing else does. */
  change(person: string, ofAccount: Partial<Account>, ofHub: Partial<Partner> = {}): void {
    const partners = this.#current.value.partners.map((one) =>
      one.id === 'ksz' ? { ...one, ...ofHub, accounts: one.accounts.map((it) => changed(it, person, ofAccount)) } : one,
    );
    this.#current.value = { ...this.#current.value, partners };
  }

  /** As `sluis cert revoke` writes it. */
  async revoke(person: string): Promise<void> {
    const sha256 = createHash('sha256')
      .update(Buffer.from((await keyOf(this.#pki, person)).blob, 'base64'))
      .digest('hex');
    await writeFile(this.revokedFile, `${sha256} 2026-03-02T11:00:00.000Z lost\n`);
  }

  laterByDays(days: number): void {
    this.#clock.now += days * DAY_MS;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}

function changed(one: Account, person: string, more: Partial<Account>): Account {
  return one.id === person ? { ...one, ...more } : one;
}

async function hubGeneration(pki: string): Promise<Generation> {
  const until = '2026-03-31' as IsoDate;
  const anna = account('anna', 'person', { roles: ['acl-editor'], sshKeys: [await keyOf(pki, 'anna')], until });
  const bram = account('bram', 'person', { roles: ['approver'], sshKeys: [await keyOf(pki, 'bram')], until });
  const carl = account('carl', 'person', { roles: ['approver'], sshKeys: [await keyOf(pki, 'carl')] });
  const hub = 'ksz' as PartnerId;
  return generation({ hub, partners: [partner('ksz', { accounts: [anna, bram, carl] })] });
}

/** Keys of the demo, used as if they were theirs. */
const HOLDERS: Readonly<Record<string, string>> = { anna: 'anna@ksz', bram: 'bram@ksz', carl: 'bram@rva' };

function keyFileOf(pki: string, person: string): string {
  return join(pki, `${HOLDERS[person]}.ssh`);
}

async function keyOf(pki: string, person: string): Promise<SshKey> {
  const key = parseSshKey(await readFile(`${keyFileOf(pki, person)}.pub`, 'utf8'));
  if ('fault' in key) throw new Error(key.fault);
  return key;
}
