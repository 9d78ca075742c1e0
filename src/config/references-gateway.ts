import { isLoopback } from '../domain/loopback.ts';
import { type ConfigFiles, known } from './parse.ts';
import type { Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import type { GatewayFile } from './schema.ts';
import type { Path } from './yaml-file.ts';

/** Listeners that get in each other's way, and demo keys where strangers could reach them. */
export function gatewayProblems({ gateway, partners }: ConfigFiles): readonly Problem[] {
  if (gateway === undefined) return [];
  const sftpExcepted = known(partners).some(({ value }) =>
    value.exceptions.some(({ protocols }) => protocols.includes('sftp')),
  );
  return [...listenerProblems(gateway, sftpExcepted), ...overlaps(gateway), ...pkiProblems(gateway)];
}

function listenerProblems({ places, value }: ReadFile<GatewayFile>, sftpExcepted: boolean): Problem[] {
  const problems: Problem[] = [];
  for (const [index, listener] of value.listeners.entries()) {
    if (value.demo && !isLoopback(listener.host)) {
      const message = `a demo gateway listens on ${listener.host}, where others can reach it; demo keys are public`;
      problems.push(
        places.at(
          ['listeners', index, 'host'],
          message,
          'write 127.0.0.1, or set "demo: false" and name keys of your own',
        ),
      );
    }
    if (listener.accessMethod === 'internet' && listener.level === 1) {
      const message = 'a listener on the internet asks for a second factor';
      problems.push(places.at(['listeners', index, 'level'], message, 'write 2, or leave it out'));
    }
    if (listener.protocol === 'sftp' && listener.accessMethod === 'internet' && !sftpExcepted) {
      const message = 'SFTP is not offered on the internet: only HTTPS is';
      problems.push(
        places.at(
          ['listeners', index, 'accessMethod'],
          message,
          'write line, private-network or vpn; or let an exception name sftp in its protocols',
        ),
      );
    }
  }
  return problems;
}

function overlaps({ places, value }: ReadFile<GatewayFile>): Problem[] {
  const problems: Problem[] = [];
  const bound: { host: string; port: number; name: string; path: Path }[] = [];
  const all = [
    ...value.listeners.map((listener, index) => ({
      ...listener,
      name: listener.protocol,
      path: ['listeners', index, 'port'],
    })),
    { ...value.health, name: 'health', path: ['health', 'port'] },
  ];
  for (const { host, port, name, path } of all) {
    const other = port === 0 ? undefined : bound.find((one) => one.port === port && sameHost(one.host, host));
    if (other !== undefined) {
      const message = `${name} listens on ${host} port ${port}, and so does ${other.name}`;
      problems.push(places.at(path, message, 'give each its own port'));
    }
    bound.push({ host, port, name, path });
  }
  return problems;
}

function pkiProblems({ places, value, whole }: ReadFile<GatewayFile>): Problem[] {
  if (!whole) return [];
  const { directory, files } = value.pki;
  if ((directory === undefined) === (files === undefined)) {
    const message = '"pki" needs either "directory" (the demo authority) or "files" (keys of your own)';
    return [places.atKey(['pki'], message, 'keep exactly one of the two')];
  }
  if (value.demo && directory === undefined) {
    return [
      places.atKey(
        ['pki', 'files'],
        'a demo gateway makes its own keys',
        'set "demo: false", or name a "directory" for demo keys',
      ),
    ];
  }
  if (!value.demo && directory !== undefined) {
    return [
      places.atKey(['pki', 'directory'], 'demo keys are used outside demo mode', 'name keys of your own under "files"'),
    ];
  }
  return [];
}

const ANY_ADDRESS: readonly string[] = ['0.0.0.0', '::'];

function sameHost(a: string, b: string): boolean {
  if (a === b || ANY_ADDRESS.includes(a) || ANY_ADDRESS.includes(b)) return true;
  return [a, b].includes('localhost') && isLoopback(a) && isLoopback(b);
}
