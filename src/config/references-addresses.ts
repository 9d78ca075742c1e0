import { isLoopback } from '../domain/loopback.ts';
import { coversAddress } from '../domain/network.ts';
import { type ConfigFiles, known } from './parse.ts';
import type { Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import type { PartnerFile } from './schema-partner.ts';

type Registered = {
  readonly partner: ReadFile<PartnerFile>;
  readonly index: number;
  readonly method: PartnerFile['accessMethods'][number]['method'];
  readonly address: string;
  readonly shared: boolean;
};

/**
 * Addresses that two partners register for one method. Where a private network or VPN carries several partners, each says
 * so: the address tells the network then, and certificate or key the partner. This machine itself is no network.
 */
export function addressProblems({ partners }: ConfigFiles): readonly Problem[] {
  const all = known(partners).flatMap((partner) =>
    partner.value.accessMethods.map((one, index) => ({ ...one, partner, index })),
  );
  return [...all.flatMap(sharedLine), ...overlaps(all.filter(({ address }) => !isLoopback(baseOf(address))))];
}

function sharedLine({ partner, index, method, shared }: Registered): Problem[] {
  if (!shared || method === 'private-network' || method === 'vpn') return [];
  const message = `the method "${method}" is not shared: only a private network or a VPN carries several partners`;
  return [partner.places.atKey(['accessMethods', index, 'shared'], message, 'remove this line')];
}

function overlaps(all: readonly Registered[]): Problem[] {
  const problems: Problem[] = [];
  for (const [position, one] of all.entries()) {
    const other = all.slice(0, position).find((before) => isOther(one, before) && overlap(one.address, before.address));
    if (other === undefined) continue;
    const message = `${one.address} (${one.method}) overlaps ${other.address} of ${other.partner.places.file}`;
    const isNetwork = one.method === 'private-network' || one.method === 'vpn';
    const remedy = isNetwork
      ? 'correct one of the two, or write "shared: true" beside both where partners come by one network'
      : 'correct one of the two';
    problems.push(one.partner.places.at(['accessMethods', one.index, 'address'], message, remedy));
  }
  return problems;
}

function isOther(one: Registered, other: Registered): boolean {
  return one.partner !== other.partner && one.method === other.method && !(one.shared && other.shared);
}

/** Two networks overlap where one holds the other's first address. */
function overlap(one: string, other: string): boolean {
  return coversAddress(one, baseOf(other)) || coversAddress(other, baseOf(one));
}

function baseOf(address: string): string {
  return address.split('/', 1)[0] ?? '';
}
