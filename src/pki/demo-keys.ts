import { parseCertificates, partsNamed } from './certificate.ts';
import { OID } from './oids.ts';

/** What every authority of the demo calls itself; its keys are public knowledge. */
export const DEMO_ORGANIZATION = 'Sluis Demo';

/** Whether a certificate in these files was issued by the demo, whatever the configuration calls itself. */
export function holdsDemoCertificate(pem: string): boolean {
  return parseCertificates(pem).some((one) => partsNamed(one.issuer, OID.organization).includes(DEMO_ORGANIZATION));
}
