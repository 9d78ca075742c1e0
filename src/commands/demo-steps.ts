/** One file handed in by the demo, and where its answers and deliveries are looked for. */
export type DemoStep = {
  /** Folder of the expected results below `test/fixtures/demo/`. */
  readonly id: string;
  readonly account: string;
  readonly protocol: 'WebDAV' | 'SFTP';
  /** File below `test/fixtures/demo/samples/`. */
  readonly sample: string;
  /** Names it is handed in under: the file alone, or the members of a set in order. `{date}` is today. */
  readonly as: readonly { readonly name: string; readonly bytes: 'sample' | 'none' | 'unverified signature' }[];
  readonly intake: string;
  readonly mailbox: string;
  readonly format: 'json' | 'rsz-xml';
  /** Which mailbox must hold the delivery; none where nothing may be delivered. */
  readonly deliveries: readonly {
    readonly account: string;
    readonly protocol: 'WebDAV' | 'SFTP';
    readonly mailbox: string;
  }[];
  /** What a reader of the table should notice. */
  readonly shows: string;
};

function alone(sample: string): DemoStep['as'] {
  return [{ name: sample, bytes: 'sample' }];
}

/** FI, FS (empty of meaning: nobody asks for one in T) and the GO that starts the set. */
function set(content: string, sender: string, serial: string, environment: 'R' | 'T'): DemoStep['as'] {
  const middle = `${content}.${sender}.{date}.${serial}.${environment}`;
  return [
    { name: `FI.${middle}.1.1`, bytes: 'sample' },
    { name: `FS.${middle}.1.1`, bytes: 'unverified signature' },
    { name: `GO.${middle}.1`, bytes: 'none' },
  ];
}

const RJV = { account: 'batch@rjv', protocol: 'SFTP' } as const;
const KBF = { account: 'anna@kbf', protocol: 'WebDAV' } as const;

/** The demo: both protocols, both triggers, both flows, both answer formats; what is accepted and what is refused. */
export const DEMO_STEPS: readonly DemoStep[] = [
  {
    ...{
      id: '1-adrm-upload',
      account: 'anna@ksz',
      protocol: 'WebDAV',
      format: 'json',
      intake: '/IN/ADRM',
      mailbox: '/OUT/ADRM',
    },
    sample: '1_ADRM_address_mutation.csv',
    as: alone('1_ADRM_address_mutation.csv'),
    deliveries: [{ ...RJV, mailbox: '/OUT/ADRM' }],
    shows: 'a person drags a file: two addresses reach RJV, without the source of the data',
  },
  {
    ...{
      id: '2-adrm-faults',
      account: 'batch@ksz',
      protocol: 'SFTP',
      format: 'json',
      intake: '/INTEST/ADRM',
      mailbox: '/OUTTEST/ADRM',
    },
    sample: 'ADRM_with_faults.csv',
    as: set('ADRM', '025000', '00001', 'T'),
    deliveries: [{ ...RJV, mailbox: '/OUTTEST/ADRM' }],
    shows: 'a set in T: bad records are refused one by one, the rest goes on',
  },
  {
    ...{
      id: '3-wlat-original',
      account: 'anna@rva',
      protocol: 'WebDAV',
      format: 'rsz-xml',
      intake: '/IN',
      mailbox: '/OUT',
    },
    sample: '4_WLAT_original.jsonl',
    as: alone('4_WLAT_original.jsonl'),
    deliveries: [{ ...KBF, mailbox: '/OUT/WLAT' }],
    shows: 'a flat folder: the name tells the flow',
  },
  {
    ...{
      id: '4-wlat-upload',
      account: 'anna@rva',
      protocol: 'WebDAV',
      format: 'rsz-xml',
      intake: '/IN',
      mailbox: '/OUT',
    },
    sample: '4_WLAT_unemployment_attest.jsonl',
    as: alone('4_WLAT_unemployment_attest.jsonl'),
    deliveries: [{ ...KBF, mailbox: '/OUT/WLAT' }],
    shows: 'a cancellation reaches exactly who got the original',
  },
  {
    ...{
      id: '5-wlat-set',
      account: 'batch@rva',
      protocol: 'SFTP',
      format: 'rsz-xml',
      intake: '/INTEST',
      mailbox: '/OUTTEST',
    },
    sample: '4_WLAT_unemployment_attest.jsonl',
    as: set('WLAT', '018000', '00001', 'T'),
    deliveries: [{ ...KBF, mailbox: '/OUTTEST/WLAT' }],
    shows: 'the same in T, where nobody has sent the original: the cancellation is refused',
  },
  {
    ...{
      id: '6-adrm-unauthorized',
      account: 'batch@rjv',
      protocol: 'SFTP',
      format: 'json',
      intake: '/IN/ADRM',
      mailbox: '/OUT/ADRM',
    },
    sample: '1_ADRM_address_mutation.csv',
    as: alone('1_ADRM_address_mutation.csv'),
    deliveries: [],
    shows: 'a sender without any authorization for the flow',
  },
  {
    ...{
      id: '7-adrm-signature',
      account: 'batch@ksz',
      protocol: 'SFTP',
      format: 'json',
      intake: '/IN/ADRM',
      mailbox: '/OUT/ADRM',
    },
    sample: '1_ADRM_address_mutation.csv',
    as: set('ADRM', '025000', '00002', 'R'),
    deliveries: [],
    shows: 'a set in R whose signature is none: it is refused',
  },
];
