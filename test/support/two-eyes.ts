import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  configApply,
  configApprove,
  configHistory,
  configPropose,
  configRollback,
  configShow,
} from '../../src/commands/config.ts';
import type { ProposalAnswer } from '../../src/gateway-config-proposals.ts';
import { type Change, makeFolder, type RunningGateway } from './gateway.ts';

const CERTS = '../certs/demo';
const FILES = [
  'files:',
  `    trustedIssuers: [${CERTS}/class3-ca.pem]`,
  `    serverCertificate: ${CERTS}/server.pem`,
  `    serverKey: ${CERTS}/server.key`,
  `    signerCertificate: ${CERTS}/signer.pem`,
  `    signerKey: ${CERTS}/private/signer.key`,
  `    signerIssuer: ${CERTS}/signer-ca.pem`,
  `    crl: [${CERTS}/crl.pem]`,
  `    sshHostKeys: [${CERTS}/private/ssh_host_ed25519]`,
].join('\n');

/** The keys of the demo authority, used as if they were somebody's own. */
export const outsideDemoMode: Change = (yaml) =>
  yaml.replace('demo: true', 'demo: false').replace(`directory: ${CERTS}`, FILES);

/** Anna edits ACLs and approves, Bram approves. */
export const withRoles: Change = (yaml) =>
  yaml
    .replace(/(id: anna\n {4}name: .*\n)/, '$1    roles: [acl-editor, approver]\n')
    .replace(/(id: bram\n {4}name: .*\n)/, '$1    roles: [approver]\n');

/** A folder whose gateway is no demo. */
export function makeRealFolder(change: Readonly<Record<string, Change>> = {}): Promise<string> {
  const { 'gateway.yaml': gateway = (yaml: string) => yaml, ...others } = change;
  return makeFolder({
    'partners/ksz.yaml': withRoles,
    ...others,
    'gateway.yaml': (yaml) => gateway(outsideDemoMode(yaml)),
  });
}

/** `sluis config …` beside a gateway. */
export class ConfigCommands {
  readonly #gateway: Pick<RunningGateway, 'config' | 'data' | 'certificates'>;

  constructor(gateway: Pick<RunningGateway, 'config' | 'data' | 'certificates'>) {
    this.#gateway = gateway;
  }

  async propose(author: string | undefined, message: string, signed = true): Promise<ProposalAnswer> {
    const key = signed && author !== undefined ? this.keyOf(author) : undefined;
    return this.#json((options, out) => configPropose(undefined, { ...options, author, message, key }, out));
  }

  async approve(proposal: string, signing: Parameters<typeof configApprove>[1] | object): Promise<ProposalAnswer> {
    return this.#json((options, out) => configApprove(proposal, { ...options, ...signing }, out));
  }

  async approveBy(proposal: string, account: string): Promise<ProposalAnswer> {
    return this.approve(proposal, { key: this.keyOf(account) });
  }

  async apply(proposal: string): Promise<ProposalAnswer> {
    return this.#json((options, out) => configApply(proposal, options, out));
  }

  async rollback(generation: string, author: string): Promise<ProposalAnswer> {
    const key = this.keyOf(author);
    return this.#json((options, out) => configRollback(generation, { ...options, author, key }, out));
  }

  async history(): Promise<{ generations: { generation: string; tree: string; how: string; approvers: string[] }[] }> {
    return this.#json((options, out) => configHistory(options, out));
  }

  async show(name: string, file?: string): Promise<string> {
    const out = new PassThrough();
    await configShow(name, file, { ...this.#options, json: false, toSign: false }, out);
    out.end();
    return text(out);
  }

  keyOf(account: string): string {
    return join(this.#gateway.certificates, `${account}.ssh`);
  }

  async file(name: string): Promise<string> {
    return readFile(join(this.#gateway.config, name), 'utf8');
  }

  get #options() {
    return { config: this.#gateway.config, data: this.#gateway.data, portOffset: 0, json: true };
  }

  async #json<T>(
    command: (
      options: { config: string; data: string; portOffset: number; json: boolean },
      out: PassThrough,
    ) => Promise<0>,
  ): Promise<T> {
    const out = new PassThrough();
    await command(this.#options, out);
    out.end();
    return JSON.parse(await text(out)) as T;
  }
}
