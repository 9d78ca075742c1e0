import { type Certificate, partsNamed } from './certificate.ts';
import { OID } from './oids.ts';

/** What every authority of the demo calls itself; its keys are public knowledge. */
export const DEMO_ORGANIZATION = 'Sluis Demo';

/** Whether the demo issued it, whatever the configuration calls itself. */
export function isDemoCertificate({ issuer }: Certificate): boolean {
  return partsNamed(issuer, OID.organization).includes(DEMO_ORGANIZATION);
}
