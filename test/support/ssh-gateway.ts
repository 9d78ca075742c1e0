import { type Change, type RunningGateway, startGateway } from './gateway.ts';
import { withoutPenalties } from './settle.ts';

/** How a gateway is to know keys and authorities; paths are absolute. */
export type SshSetup = {
  readonly authorities?: readonly {
    readonly publicKeyFile: string;
    readonly krlFile?: string;
    readonly partners?: readonly string[];
  }[];
  readonly revokedKeysFile?: string;
  /** Keys of batch@ksz beside the demo key. */
  readonly keys?: readonly string[];
  readonly change?: Readonly<Record<string, Change>>;
};

const DEMO_KEY = '      - file: ../certs/demo/batch@ksz.ssh.pub';

/** The lines of `gateway.yaml` that say so. */
export function sshBlock({ authorities = [], revokedKeysFile }: SshSetup): string {
  // JSON is YAML, and its strings need no care.
  return `ssh: ${JSON.stringify({ certificateAuthorities: authorities, revokedKeysFile })}\n`;
}

/** Many refusals come from one address in a test, so none makes it wait. */
export function sshGatewayFile(setup: SshSetup): Change {
  return (text) => `${withoutPenalties(text).replace(/^ssh: .*\n/m, '')}${sshBlock(setup)}`;
}

export function withKeys(keys: readonly string[]): Change {
  return (text) => text.replace(DEMO_KEY, [...keys.map((file) => `      - file: ${file}.pub`), DEMO_KEY].join('\n'));
}

/** A gateway that knows these keys and authorities. */
export async function startSshGateway(setup: SshSetup): Promise<RunningGateway> {
  const { keys = [], change = {} } = setup;
  const partner = keys.length === 0 ? {} : { 'partners/ksz.yaml': withKeys(keys) };
  return startGateway({ change: { 'gateway.yaml': sshGatewayFile(setup), ...partner, ...change } });
}
