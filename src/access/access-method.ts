import { coversAddress } from '../domain/network.ts';
import type { Partner } from '../domain/partner.ts';
import type { AccessMethod } from '../domain/principal.ts';
import type { RefusalReason } from './admission.ts';

/**
 * Whether this partner may come in this way and from there. The internet is nobody's registered way: internet.ts decides.
 * @returns why not, or undefined
 */
export function accessRefusal(
  partner: Partner,
  method: Exclude<AccessMethod, 'internet'>,
  remoteAddress: string,
): RefusalReason | undefined {
  const registered = partner.accessMethods.filter((one) => one.method === method);
  if (registered.length === 0) return 'access-method-not-registered';
  return registered.some(({ address }) => coversAddress(address, remoteAddress)) ? undefined : 'address-not-registered';
}
