import { join } from 'node:path';
import { type Ended, runClient } from './clients.ts';
import type { RunningGateway } from './gateway.ts';

const SLUIS = join(import.meta.dirname, '../../src/sluis.js');

/** A shell in which somebody types what `sluis` printed, with a key of his own. */
export class SigningShell {
  readonly #gateway: RunningGateway;
  readonly #agent: string | undefined;

  /** @param agent where an SSH agent listens */
  constructor(gateway: RunningGateway, agent?: string) {
    this.#gateway = gateway;
    this.#agent = agent;
  }

  sluis(words: string): Promise<Ended> {
    return this.type(`sluis ${words}`);
  }

  /** Lines of a shell, in a folder beside the gateway. */
  type(lines: string): Promise<Ended> {
    const { config, data, folder } = this.#gateway;
    const command = [process.execPath, SLUIS].map((word) => JSON.stringify(word)).join(' ');
    const places = `--config ${JSON.stringify(config)} --data ${JSON.stringify(data)}`;
    const environment = this.#agent === undefined ? {} : { SSH_AUTH_SOCK: this.#agent };
    const script = `set -e\nsluis() { ${command} "$@" ${places}; }\n${lines}`;
    return runClient('bash', ['--norc', '--noprofile', '-c', script], { cwd: folder, environment });
  }

  /** Types what was printed to sign a text and to hand the signature in, by one of the printed ways. */
  async follow(printed: string, way: 'ssh-keygen' | 'openssl', person: string, handIn: string): Promise<Ended> {
    const lines = printed.split('\n').filter((line) => line.startsWith('  '));
    const chosen = lines.filter((line) =>
      [`  printf `, `  ${way} `, `  sluis ${handIn}`].some((it) => line.startsWith(it)),
    );
    if (chosen.length !== 3) throw new Error(`not to be followed:\n${printed}`);
    const own = (ending: string) => join(this.#gateway.certificates, `${person}${ending}`);
    const typed = chosen
      .join('\n')
      .replace('KEY.pub', own('.ssh.pub'))
      .replace('CERTIFICATE.pem', own('.pem'))
      .replace('KEY.pem', own('.key'));
    return this.type(way === 'ssh-keygen' ? typed : typed.replace(/\.sig( +#)/, '.p7s$1'));
  }
}
