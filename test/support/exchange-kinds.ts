import type { Change } from './gateway.ts';

/** Makes KSZ the source of the social tariff, for the partner `eco` of the test network. */
export const WITH_TARIFF: Readonly<Record<string, Change>> = {
  'partners/ksz.yaml': (text) =>
    text.replace(/^sends: .*$/m, 'sends: [ADRM, SOCR]').replace(/^receives: .*$/m, 'receives: [SOCQ]'),
};

/** Lets RVA register the unemployed. */
export const WITH_INTEGRATION: Readonly<Record<string, Change>> = {
  'partners/rva.yaml': (text) =>
    text.replace(/^sends: .*$/m, 'sends: [WLAT, INTG]').replace('answerFormat: rsz-xml', 'answerFormat: json'),
};
