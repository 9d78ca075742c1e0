import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FIXTURES = join(import.meta.dirname, '../fixtures');

/** A flow that differs from another in what stands in its configuration. */
type Variant = { readonly from: string; readonly edits: readonly (readonly [from: string | RegExp, to: string])[] };

const JSON_LINES = 'format:\n  kind: json-lines\n';
const XML = 'format:\n  kind: xml\n  root: Wages\n  record: Wage\n';
const FORMAT = /format:\n(?: {2}.*\n)+/;
const COLUMNS = /, columns: [0-9-]+/g;

/** The same layouts in the other formats, charsets and line ends that the network has. */
const VARIANTS: Readonly<Record<string, Variant>> = {
  ADRL: { from: 'ADRM', edits: [[/^ {2}header: true$/m, '  header: true\n  charset: iso-8859-1']] },
  ADR9: { from: 'ADRM', edits: [[/^ {2}header: true$/m, '  header: true\n  charset: iso-8859-15']] },
  WAGD: {
    from: 'WAGE',
    edits: [
      [FORMAT, 'format:\n  kind: delimited\n  separator: "|"\n  header: false\n  charset: windows-1252\n'],
      [COLUMNS, ''],
    ],
  },
  WAGX: { from: 'WAGE', edits: [[FORMAT, XML], [COLUMNS, '']] }, // biome-ignore format: a line for each flow
  WAGJ: { from: 'WAGE', edits: [[FORMAT, JSON_LINES], [COLUMNS, '']] }, // biome-ignore format: a line for each flow
  BBOE: { from: 'BBON', edits: [['charset: iso-8859-1', 'charset: cp500'], ['lineEnd: crlf', 'lineEnd: nel']] }, // biome-ignore format: a line for each flow
  BBO9: {
    from: 'BBON',
    edits: [
      [/iso-8859-1\b/g, 'iso-8859-15'],
      ['lineEnd: crlf', 'lineEnd: none'],
    ],
  },
  DIMQ: { from: 'DIMN', edits: [['record: Form', 'record: Form\n  namespace: urn:employment']] },
};

const EXTENSIONS: Readonly<Record<string, string>> = {
  delimited: 'csv',
  'fixed-width': 'txt',
  xml: 'xml',
  'json-lines': 'jsonl',
};

const RECEIVER_BLOCKS = /^ {2}(\w+): \[/gm;

/** Adds the flows of the tests to a configuration; KSZ sends each of them, RJV receives them. @returns extension by flow */
export async function addFlows(config: string): Promise<ReadonlyMap<string, string>> {
  const flowFile = (code: string) => join(config, 'flows', `${code}.yaml`);
  for (const code of ['BBON', 'DIMN'])
    await writeFile(flowFile(code), asMutation(await readFile(flowFile(code), 'utf8')));
  // The acts of their real parties, which are not here.
  for (const act of ['bbon-rsz-nic', 'dimn-sec-rsz']) await rm(join(config, 'authorizations', `${act}.yaml`));
  await cp(join(FIXTURES, 'bad-input/WAGE.yaml'), flowFile('WAGE'));
  for (const [code, { from, edits }] of Object.entries(VARIANTS)) {
    const text = [...edits, [new RegExp(from, 'g'), code] as const].reduce(
      (edited, [search, to]) => edited.replace(search, to),
      await readFile(flowFile(from), 'utf8'),
    );
    await writeFile(flowFile(code), text);
  }
  const added = ['ADRM', 'BBON', 'DIMN', 'WAGE', 'WLAT', ...Object.keys(VARIANTS)];
  const extensions = new Map<string, string>();
  for (const code of added) {
    const text = await readFile(flowFile(code), 'utf8');
    extensions.set(code, EXTENSIONS[/^format:\n {2}kind: (\S+)$/m.exec(text)?.[1] ?? ''] ?? '');
    if (code !== 'ADRM') {
      await writeFile(join(config, 'authorizations', `${code.toLowerCase()}-test.yaml`), act(code, text));
    }
  }
  await edit(join(config, 'partners/ksz.yaml'), 'sends: [ADRM]', `sends: [${added.join(', ')}]`);
  await edit(join(config, 'partners/rjv.yaml'), 'receives: [ADRM]', `receives: [${added.join(', ')}]`);
  await edit(join(config, 'partners/rva.yaml'), 'answerFormat: rsz-xml', 'answerFormat: json');
  return extensions;
}

/** A shipped flow for which neither a receiver nor a mandate is looked for: this is about what its files are. */
function asMutation(flow: string): string {
  return flow
    .replace(/^kind: message.*\nreceiver: .*$/m, 'kind: mutation')
    .replace(/^refuseSameContent: true.*$/m, 'refuseSameContent: false')
    .replace(/, is: lot/, '') // a lot is taken once, and these come all as the first
    .replace(/value: "011"/, 'is: receiverSector')
    .replace(/value: "000"/, 'is: receiverType')
    .replace(/^ {6}employer: .*\n/m, '');
}

function act(code: string, flow: string): string {
  const blocks = [...flow.slice(flow.indexOf('\nblocks:')).matchAll(RECEIVER_BLOCKS)].map(([, name]) => name);
  return `id: ${code.toLowerCase()}-test
version: 1
instrument: deliberation
reference: an invented act for tests
textDigest: "${'0'.repeat(64)}"
flow: ${code}
act: communication
purpose: ${/^purposes: \[(\w+)\]$/m.exec(flow)?.[1]}
sender: 25/0
receivers:
  - { institution: 10/0, qualities: ["010"], blocks: [${blocks.join(', ')}] }
environments: [R]
from: 2020-01-01
`;
}

async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
  await writeFile(file, text.replace(from, to));
}
