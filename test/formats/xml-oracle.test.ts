import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LayoutVersion } from '../../src/domain/flow.ts';
import { XmlFormat } from '../../src/formats/xml.ts';
import { hasTool } from '../support/tools.ts';
import { collect, cut, textLayout } from './collect.ts';

const DOCUMENTS = 1500;
const MOST_OUTPUT = 64 * 1024 * 1024;
const LAYOUT: LayoutVersion = textLayout(['no', 'who.name', 'who.born', 'note']);

const make = () => new XmlFormat({ kind: 'xml', root: 'All', record: 'One' }, [LAYOUT]);
const places = fc.array(fc.nat(2000), { maxLength: 6 });

type Run = { readonly stdout: string; readonly stderr: string };

/** libxml2 on all of these documents in one process: what it wrote, and what it found wrong. */
async function xmllint(documents: readonly Uint8Array[], words: readonly string[]): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-xmllint-'));
  try {
    const names = documents.map((_, index) => `${index}.xml`);
    for (const [index, bytes] of documents.entries()) await writeFile(join(folder, `${index}.xml`), bytes);
    return await new Promise((resolve) => {
      const options = { cwd: folder, maxBuffer: MOST_OUTPUT };
      // The status tells of the last document alone; what is wrong with each stands in its lines.
      execFile('xmllint', ['--nonet', ...words, ...names], options, (_error, stdout, stderr) =>
        resolve({ stdout, stderr }),
      );
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Which documents libxml2 does not take, namespaces (Namespaces in XML 1.0) included. */
async function refusedBy(documents: readonly Uint8Array[]): Promise<ReadonlySet<number>> {
  const { stderr } = await xmllint(documents, ['--noout']);
  // That the name of a namespace is no URI is no fault of well-formedness (Namespaces in XML 1.0 §3).
  const lines = stderr.matchAll(/^(\d+)\.xml:\d+: (?:parser|namespace|encoding) error : (?!.*is not a valid URI$)/gm);
  return new Set([...lines].map(([, index]) => Number(index)));
}

/** The code of our fault of the file as a whole, cut at these places; undefined where there is none. */
function ours(bytes: Uint8Array, at: readonly number[]): string | undefined {
  return collect(make(), cut(bytes, at)).errors[0]?.code;
}

const text = fc.constantFrom('a', 'é', '€', '😀', ' ', '\n', '\r\n', '\t', '>', '"', "'", ']] ');
const written = fc.oneof(
  { weight: 4, arbitrary: text },
  fc.constantFrom('&amp;', '&lt;', '&gt;', '&quot;', '&apos;', '&#233;', '&#x20ac;', '&#13;', '&#10;'),
  fc.constantFrom('<![CDATA[<&>]]>', '<![CDATA[]]>', '<!-- - > -->', '<?none > ?>', '<!---->'),
);
const value = fc.array(written, { maxLength: 6 }).map((pieces) => pieces.join(''));
const element = (name: string, inside: fc.Arbitrary<string>) =>
  fc.tuple(inside, fc.constantFrom('', ' ', '\n'), fc.boolean()).map(([content, space, isShort]) => {
    if (content === '' && isShort) return `<${name}${space}/>`;
    return `<${name}${space}>${content}</${name}${space}>`;
  });
const between = fc.constantFrom('', '\n', '  ', '<!-- c -->', '<?p?>');
const some = (...parts: readonly fc.Arbitrary<string>[]) =>
  fc.tuple(...parts, between).map((pieces) => pieces.join(''));
const maybe = (part: fc.Arbitrary<string>) => fc.option(part, { nil: '', freq: 3 });
const who = element('who', some(maybe(element('name', value)), between, maybe(element('born', value))));
const one = element(
  'One',
  some(maybe(element('no', value)), between, maybe(who), between, maybe(element('note', value))),
);
const sound = fc
  .tuple(fc.array(one, { maxLength: 4 }), between, fc.constantFrom('', '<?xml version="1.0"?>', '\ufeff', '<!-- -->'))
  .map(([ones, space, head]) => `${head}<All>${space}${ones.join(space)}</All>`);

describe.skipIf(!hasTool('xmllint'))('sound XML, cut anywhere', () => {
  test('gives the elements and texts that libxml2 gives', async () => {
    const samples = fc.sample(fc.tuple(sound, places), DOCUMENTS);
    // All in one document: canonical XML (no declarations, no CDATA, no entities but those of XML) is told apart easily.
    const bodies = samples.map(([document]) => document.replace(/^\ufeff|^<\?xml.*?\?>/, ''));
    const { stdout, stderr } = await xmllint([Buffer.from(`<x>${bodies.join('')}</x>`)], ['--c14n']);
    expect(stderr).toBe('');
    const expected = stdout
      .split(/(?=<All>)/)
      .slice(1)
      .map(recordsOf);
    for (const [index, [document, at]] of samples.entries()) {
      const { records, errors } = collect(make(), cut(Buffer.from(document), at));
      expect(errors).toEqual([]);
      expect(
        records.map((record) => record.values),
        document,
      ).toEqual(expected[index]);
      expect(records.flatMap(({ faults }) => faults)).toEqual([]);
    }
  });
});

/** The values of each `<One>` in canonical XML, by the position of their path in the layout. */
function recordsOf(canonical: string): readonly (readonly (string | undefined)[])[] {
  const records: (string | undefined)[][] = [];
  const path: string[] = [];
  for (const [token] of canonical.matchAll(/<!--.*?-->|<\?.*?\?>|<[^>]*>|[^<]+/gs)) {
    if (token.startsWith('<!') || token.startsWith('<?')) continue;
    const index = LAYOUT.fields.findIndex(({ name }) => name === path.slice(2).join('.'));
    const record = records.at(-1);
    if (token.startsWith('</')) path.pop();
    else if (!token.startsWith('<')) {
      if (index >= 0 && record !== undefined) record[index] += unescaped(token);
    } else {
      path.push(token.slice(1, -1));
      const opened = LAYOUT.fields.findIndex(({ name }) => name === path.slice(2).join('.'));
      if (path.length === 2) records.push([undefined, undefined, undefined, undefined]);
      else if (opened >= 0 && record !== undefined) record[opened] = '';
    }
  }
  return records;
}

function unescaped(canonical: string): string {
  return canonical.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#xD;', '\r').replaceAll('&amp;', '&');
}

/** What makes most documents wrong where it stands. */
const breaking = fc.constantFrom(
  ...[
    '<',
    '>',
    '&',
    ']]>',
    '--',
    '<!--',
    '-->',
    '<![CDATA[',
    '<?',
    '?>',
    '</One>',
    '<One>',
    '</',
    '/>',
    '="',
    '"',
    "'",
  ],
  ...['&nbsp;', '&#0;', '&#1;', '&#xD800;', '&#xFFFE;', '&#x110000;', '&#;', '&#x;', '&;', '&amp', '&a b;'],
  ...['\u0001', '\ufffe', '\u0085', '\u2028', '\ufeff', ' a="1"', ' a=1', ' a', ' a="<"', ' a="&amp;"', ' a="1" a="2"'],
  ...[
    'x',
    ' ',
    '\n',
    '&lt;',
    '&#233;',
    '<!-- x -->',
    '<![CDATA[x]]>',
    '<?x x?>',
    '<no/>',
    '<note>é</note>',
    '<who></who>',
  ],
  ...[
    '<no a="1"b="2"/>',
    '<no a="1" a="1"/>',
    '<x:no/>',
    '<no x:a="1"/>',
    '<no xmlns:x="urn:x"><x:a/></no>',
    '<no xml:lang="nl"/>',
  ],
  ...[
    '<no xmlns:a=""/>',
    '<no xmlns=""/>',
    '<1/>',
    '<é/>',
    '<no.-1/>',
    '<-no/>',
    '< no/>',
    '<no />',
    '<no / >',
    '</ no>',
  ],
  ...[
    '<?xml version="1.0"?>',
    '<?xml-a?>',
    '<?a',
    '<?a?>',
    '<? a?>',
    '<!-- a -- b -->',
    '<!---->',
    '<!--->',
    '<!ENTITY a "b">',
  ],
);
const kept = (document: string, at: number) => document.slice(0, at % (document.length + 1));
const mutated = fc
  .tuple(
    sound,
    fc.array(fc.tuple(fc.nat(2000), breaking, fc.constantFrom(0, 0, 0, 1, 2)), { minLength: 1, maxLength: 2 }),
    fc.nat(40),
  )
  .map(([document, changes, cutOff]) => {
    let changed = document;
    for (const [at, piece, removed] of changes) {
      const before = kept(changed, at);
      changed = `${before}${piece}${changed.slice(before.length + removed)}`;
    }
    return cutOff === 0 ? changed.slice(0, -5) : changed;
  });

describe.skipIf(!hasTool('xmllint'))('XML with faults, cut anywhere', () => {
  test('is well-formed for us where it is for libxml2', async () => {
    const samples = fc.sample(fc.tuple(mutated, places), DOCUMENTS);
    const documents = samples.map(([document]) => Buffer.from(document));
    const refused = await refusedBy(documents);
    const [compared, differing] = [{ refused: 0, taken: 0 }, [] as string[]];
    for (const [index, [document, at]] of samples.entries()) {
      const code = ours(documents[index] ?? Buffer.alloc(0), at);
      // XML 1.0 §2.8 asks for a digit behind `1.`, libxml2 does not.
      if (/^<\?xml\s+version\s*=\s*(["'])1\.\1/.test(document)) continue;
      // Another root, text beside the records: we stopped before anything was known of the rest.
      if (code !== undefined && code !== '102') continue;
      if ((code === '102') !== refused.has(index)) differing.push(`${code ?? 'taken'}: ${JSON.stringify(document)}`);
      else compared[code === '102' ? 'refused' : 'taken'] += 1;
    }
    expect(differing).toEqual([]);
    expect([compared.refused > DOCUMENTS / 5, compared.taken > DOCUMENTS / 20]).toEqual([true, true]);
  });

  /** Well-formed, and refused by a rule of ours: nothing may be expanded or fetched. */
  const stricter: readonly (readonly [what: string, document: string])[] = [
    ['a document type', '<!DOCTYPE All><All/>'],
    ['a version without its last digit, which libxml2 takes', '<?xml version="1."?><All/>'],
    ['a NUL behind the root, where libxml2 stops reading', '<All/>\0'],
    ['an instruction that begins with a question mark', '<?a ?b?><All/>'],
    ['a document type with an entity', '<!DOCTYPE All [<!ENTITY a "b">]><All><One><no>&a;</no></One></All>'],
  ];
  test.each(stricter)('%s is well-formed, and not taken', async (_what, document) => {
    expect([...(await refusedBy([Buffer.from(document)]))]).toEqual([]);
    expect(ours(Buffer.from(document), [])).toBe('102');
  });

  test('processing instructions and comments are taken, and say nothing', async () => {
    const document = '<?a b?><!-- c --><All><?a?><One><no>1<?a?><!-- -->2</no></One></All><?a?>';
    expect([...(await refusedBy([Buffer.from(document)]))]).toEqual([]);
    expect(collect(make(), [Buffer.from(document)]).records.map(({ values }) => values[0])).toEqual(['12']);
  });
});
