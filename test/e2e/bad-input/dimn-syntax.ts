import type { FileCase, FileCause } from './case.ts';
import { NOTICE, notices, ONE } from './dimn.ts';

const MARK = '¦';

/** A file that is not well-formed. The mark stands behind the last character that must be read to know it. */
function broken(what: string, marked: string, says = ''): FileCase {
  const before = marked.slice(0, marked.indexOf(MARK)).split('\n');
  const place = `${before.length}:${before.at(-1)?.length}`;
  return [what, marked.replace(MARK, ''), '102', `${place}${says}`];
}

const inside = (what: string, marked: string) => broken(what, notices(marked));
const ROOT = '<EmploymentNotice version="1">';
const BODY = `${ROOT}${NOTICE.replace('~', '1')}</EmploymentNotice>`;

/** A document type is refused where it ends, whatever it says. */
const typed = (what: string, doctype: string, body = BODY) =>
  broken(what, `<?xml version="1.0"?>\n${doctype}${MARK}\n${body}`, ' <!DOCTYPE>');

const laughs = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('');

/** Where external entities lie; the test puts a port of five digits in, and nobody may ask there. */
export const PORT = '{prt}';
const HOST = `http://127.0.0.1:${PORT}`;

/** Files of DIMN that are not well-formed, or have a document type. */
export const DIMN_SYNTAX: readonly FileCause[] = [
  {
    cause: 'XML: a document type',
    flow: 'DIMN',
    twin: `<?xml version="1.0"?>\n${BODY}`,
    cases: [
      typed('that says nothing', '<!DOCTYPE EmploymentNotice>'),
      typed('with an entity', '<!DOCTYPE EmploymentNotice [<!ENTITY a "b">]>'),
      typed('with an external subset', `<!DOCTYPE EmploymentNotice SYSTEM "${HOST}/a.dtd">`),
      typed('with a public identifier', `<!DOCTYPE EmploymentNotice PUBLIC "-//X//Y" "${HOST}/b.dtd">`),
      typed(
        'with an attribute that is always there',
        '<!DOCTYPE EmploymentNotice [<!ATTLIST EmploymentNotice version CDATA "1">]>',
      ),
      typed('that closes twice', '<!DOCTYPE EmploymentNotice [<!ELEMENT Form ANY>] >'),
    ],
  },
  {
    cause: 'XML: entities that grow or fetch',
    flow: 'DIMN',
    twin: `<?xml version="1.0"?>\n${BODY.replace('PAY-1', '&lt;&#80;&#x41;&amp;Y&gt;')}`,
    cases: [
      typed('a thousand million laughs', `<!DOCTYPE l [<!ENTITY l0 "ha">${laughs}]>`, BODY.replace('PAY-1', '&l9;')),
      typed(
        'one large entity many times',
        `<!DOCTYPE l [<!ENTITY a "${'a'.repeat(50_000)}">]>`,
        BODY.replace('PAY-1', '&a;'.repeat(5000)),
      ),
      typed('an entity of itself', '<!DOCTYPE l [<!ENTITY a "&b;"><!ENTITY b "&a;">]>', BODY.replace('PAY-1', '&a;')),
      typed(
        'a file of this machine',
        '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        BODY.replace('PAY-1', '&a;'),
      ),
      typed('an address', `<!DOCTYPE l [<!ENTITY a SYSTEM "${HOST}/c">]>`, BODY.replace('PAY-1', '&a;')),
      typed('a parameter entity', `<!DOCTYPE l [<!ENTITY % a SYSTEM "${HOST}/d">%a;]>`),
      typed(
        'an entity in an attribute',
        '<!DOCTYPE l [<!ENTITY a "1">]>',
        BODY.replace('version="1"', 'version="&a;"'),
      ),
    ],
  },
  {
    cause: 'XML: an entity or character that is none',
    flow: 'DIMN',
    twin: ONE,
    cases: [
      inside('an entity of HTML', '<Form>&nbsp;¦</Form>'),
      inside('an entity in an attribute', '<Form a="&eacute;¦"></Form>'),
      inside('character 0', '<Form>&#0;¦</Form>'),
      inside('half of a surrogate pair', '<Form>&#xD800;¦</Form>'),
      inside('beyond the last code point', '<Form>&#x110000;¦</Form>'),
      inside('a control character by its number', '<Form>&#x1;¦</Form>'),
      inside('a number that is none', '<Form>&#x;¦</Form>'),
      inside('no name', '<Form>&;¦</Form>'),
    ],
  },
  {
    cause: 'XML: characters that may not stand in it',
    flow: 'DIMN',
    twin: notices(`<!-- \t\r\n\u0085\u{1f600} -->${NOTICE.replace('~', '1')}`),
    cases: [
      inside('NUL', '<Form>\0¦</Form>'),
      inside('a control', '<Form>\x0b¦</Form>'),
      inside('U+FFFE', '<Form>\ufffe¦</Form>'),
      inside('a control in an attribute', '<Form a="\x01¦"></Form>'),
      inside('a control in a comment', '<!-- \x02¦ -->'),
      inside('a control in CDATA', '<Form><![CDATA[\x1f¦]]></Form>'),
      inside('the end of CDATA outside of it', '<Form>]]>¦</Form>'),
      ['a byte order mark twice, of which the second is text', `\ufeff\ufeff${BODY}`, '102', '1:1'],
    ],
  },
  {
    cause: 'XML: tags that do not match',
    flow: 'DIMN',
    twin: ONE,
    cases: [
      inside('one that does not close', '<Form><Identification></Form>¦'),
      inside('two that cross', '<Form><a><b></a>¦</b></Form>'),
      inside('other letters', '<Form></form>¦'),
      inside('one that was never opened', '</Form>¦'),
      inside('a space in the closing one', '<Form></ F¦orm>'),
      inside('a space in the opening one', '< ¦Form></Form>'),
      inside('a name that begins with a digit', '<1¦Form></1Form>'),
      inside('a slash that closes nothing', '<Form/ ¦></Form>'),
    ],
  },
  {
    cause: 'XML: attributes that are not well-formed',
    flow: 'DIMN',
    twin: ONE.replace('"1">', "'1' >"),
    cases: [
      inside('one twice', '<Form a="1" a="2">¦</Form>'),
      inside('no quotes', '<Form a=1¦></Form>'),
      inside('no value', '<Form a>¦</Form>'),
      inside('no space between two', '<Form a="1"b¦="2"></Form>'),
      inside('an opening bracket in it', '<Form a="<¦"></Form>'),
      inside('two of one namespace', '<Form xmlns:a="urn:x" xmlns:b="urn:x" a:c="1" b:c="2">¦</Form>'),
    ],
  },
  {
    cause: 'XML: namespaces that are not well-formed',
    flow: 'DIMN',
    twin: ONE.replace('<EmploymentNotice', '<EmploymentNotice xmlns:unused="urn:x"'),
    cases: [
      inside('a prefix of an element that nobody declared', '<x:Form>¦</x:Form>'),
      inside('a prefix of an attribute that nobody declared', '<Form x:a="1">¦</Form>'),
      inside('a prefix taken back', '<Form xmlns:a=""¦></Form>'),
      inside('two colons', '<a:b:c>¦</a:b:c>'),
    ],
  },
  {
    cause: 'XML: comments, CDATA and instructions that are not well-formed',
    flow: 'DIMN',
    twin: notices(`<!-- a - b --><?printer none?>${NOTICE.replace('PAY-~', 'PAY<!-- 1 -->-<![CDATA[1]]>')}`),
    cases: [
      inside('two hyphens in a comment', '<!-- a -- ¦b -->'),
      inside('three hyphens at its end', '<!-- a ---¦>'),
      inside('an instruction without a name', '<? ¦x?>'),
      inside('a declaration that is not the first', '<?xml ¦version="1.0"?>'),
      inside('a declaration of a DTD among elements', '<!ENTITY ¦a "b">'),
      broken('a comment that never closes', `${ROOT}<!-- ${NOTICE}</EmploymentNotice>¦`),
      broken('CDATA that never closes', `${ROOT}<Form><![CDATA[</Form></EmploymentNotice>¦`),
      broken('an instruction that never closes', `${ROOT}<?a <Form/></EmploymentNotice>¦`),
    ],
  },
  {
    cause: 'XML: a declaration that is not well-formed',
    flow: 'DIMN',
    twin: `<?xml version='1.0' encoding="utf-8" standalone="yes" ?>${BODY}`,
    cases: [
      broken('no version', `<?xml encoding=¦"UTF-8"?>${BODY}`),
      broken('version 2.0', `<?xml version="2.0"¦?>${BODY}`),
      broken('the encoding before the version', `<?xml encoding=¦"UTF-8" version="1.0"?>${BODY}`),
      broken('standalone that is neither yes nor no', `<?xml version="1.0" standalone="1"¦?>${BODY}`),
      broken('something else in it', `<?xml version="1.0" lang=¦"nl"?>${BODY}`),
      broken('a space before it', ` <?xml ¦version="1.0"?>${BODY}`),
      broken('it twice', `<?xml version="1.0"?><?xml ¦version="1.0"?>${BODY}`),
    ],
  },
  {
    cause: 'XML: a file that is cut off',
    flow: 'DIMN',
    twin: ONE,
    cases: [
      broken('behind a record', `${ROOT}${NOTICE}¦`),
      broken('inside a value', `${ROOT}${NOTICE.slice(0, 25)}¦`),
      broken('inside a tag', `${ROOT}${NOTICE.slice(0, 10)}¦`),
      broken('inside the closing tag of the root', `${ROOT}${NOTICE}</Employment¦`),
      broken('inside an attribute', '<EmploymentNotice version="1¦'),
      broken('behind the declaration', '<?xml version="1.0"?>\n¦'),
      broken('inside the declaration', '<?xml version="1.0"¦'),
      broken('inside an entity', `${ROOT}<Form>&am¦`),
    ],
  },
  {
    cause: 'XML: more or less than one root',
    flow: 'DIMN',
    twin: `${ONE}<!-- the end -->\n`,
    cases: [
      broken('two of them', `${BODY}<EmploymentNotice ¦version="1"></EmploymentNotice>`),
      broken('text behind it', `${BODY}\nx<¦!-- the end -->`),
      broken('text before it', `x¦${BODY}`),
      broken('a NUL behind it', `${BODY}\n\0¦`),
      broken('two files joined', `${BODY}\n<?xml ¦version="1.0"?>\n${BODY}`),
      broken('a comment alone', '<!-- nothing -->\n¦'),
      broken('CSV', 'r¦ecord_no;ticket\n1;2\n'),
      broken('JSON', '{¦"a":1}'),
    ],
  },
];
