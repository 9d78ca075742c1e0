import { type Cause, FILE, is, many, request } from './case.ts';

const find = (body: string | Buffer, ...headers: readonly string[]): Buffer =>
  request('PROPFIND', FILE, ['Depth: 0', ...headers], body);
const propfind = (inner: string): Buffer =>
  find(`<?xml version="1.0"?><D:propfind xmlns:D="DAV:">${inner}</D:propfind>`);
const doctype = (declarations: string, use = ''): Buffer =>
  find(
    `<?xml version="1.0"?><!DOCTYPE D:propfind ${declarations}><D:propfind xmlns:D="DAV:"><D:prop><D:a>${use}</D:a></D:prop></D:propfind>`,
  );
const ALL = '<propfind xmlns="DAV:"><allprop/></propfind>';
const utf16 = (text: string, bigEndian: boolean): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};
const padded = (bytes: number): string => `${ALL}${' '.repeat(bytes - ALL.length)}`;

/** Bodies of PROPFIND: XML 1.0, Namespaces in XML 1.0, RFC 4918 §8.2, §14.20, §20.6. */
export const XML: readonly Cause[] = [
  {
    cause: 'XML that is not well-formed',
    rule: 'RFC 4918 §8.2: 400',
    twin: is('well-formed', propfind('<D:allprop/>'), 207),
    cases: [
      is('an element that never closes', propfind('<D:prop>'), 400),
      is('a wrong end', propfind('<D:prop></D:pop>'), 400),
      is('half of it', find('<?xml version="1.0"?><D:propfind xmlns:D="DAV:"><D:all'), 400),
      is('two roots', find(`${ALL}${ALL}`), 400),
      is('text after the root', find(`${ALL}text`), 400),
      is('an attribute twice', propfind('<D:allprop a="1" a="2"/>'), 400),
      is('an attribute without quotes', propfind('<D:allprop a=1/>'), 400),
      is('a bare ampersand', propfind('<D:prop><D:a>a & b</D:a></D:prop>'), 400),
    ],
  },
  {
    cause: 'a body that is no XML',
    rule: 'RFC 4918 §8.2: 400',
    twin: is('none, which asks for everything', request('PROPFIND', FILE, ['Depth: 0']), 207),
    cases: [
      is('JSON', find('{"propfind": "allprop"}'), 400),
      is('a form', find('a=b&c=d'), 400),
      is('spaces', find('   '), 400),
      is('a declaration alone', find('<?xml version="1.0"?>'), 400),
      is('a comment alone', find('<!-- propfind -->'), 400),
      is('HTML', find('<!doctype html><html><br></html>'), 400),
      is('gzip', find(Buffer.from('1f8b0800000000000003', 'hex')), 400),
      is('NUL', find('\0'), 400),
    ],
  },
  {
    cause: 'a document type',
    rule: 'RFC 4918 §20.6: none is read; 400',
    twin: is('entities that XML has itself', propfind('<D:prop><D:a>&lt;&amp;&#65;</D:a></D:prop>'), 207),
    cases: [
      is('empty', doctype(''), 400),
      is('an entity that is not used', doctype('[<!ENTITY a "b">]'), 400),
      is('a file', doctype('[<!ENTITY a SYSTEM "file:///etc/passwd">]', '&a;'), 400),
      is('an address', doctype('[<!ENTITY a SYSTEM "http://169.254.169.254/">]', '&a;'), 400),
      is('a parameter entity', doctype('[<!ENTITY % a SYSTEM "http://localhost/x.dtd"> %a;]'), 400),
      is('outside', doctype('SYSTEM "file:///etc/passwd"'), 400),
      is('in small letters', find('<!doctype a><propfind xmlns="DAV:"><allprop/></propfind>'), 400),
    ],
  },
  {
    cause: 'entities that grow',
    rule: 'RFC 4918 §20.6: 400, before anything grows',
    twin: is(
      'a thousand references to characters',
      propfind(`<D:prop><D:a>${'&#65;'.repeat(1000)}</D:a></D:prop>`),
      207,
    ),
    cases: [
      is(
        'a thousand millions of them',
        doctype(
          `[<!ENTITY a0 "ha">${many(30, (index) => `<!ENTITY a${index + 1} "&a${index};&a${index};">`).join('')}]`,
          '&a30;',
        ),
        400,
      ),
      is('one large one, many times', doctype(`[<!ENTITY a "${'x'.repeat(50_000)}">]`, '&a;'.repeat(10_000)), 400),
      is('one that holds itself', doctype('[<!ENTITY a "&b;"><!ENTITY b "&a;">]', '&a;'), 400),
      is('one that nobody declared', propfind('<D:prop><D:a>&a;</D:a></D:prop>'), 400),
    ],
  },
  {
    cause: 'a reference to a character that XML has not',
    rule: 'XML 1.0 §4.1, §2.2; 400',
    twin: is('a character that it has', propfind('<D:prop><D:a>&#x1F600;</D:a></D:prop>'), 207),
    cases: [
      is('NUL', propfind('<D:prop><D:a>&#0;</D:a></D:prop>'), 400),
      is('U+FFFF', propfind('<D:prop><D:a>&#xFFFF;</D:a></D:prop>'), 400),
      is('half a pair', propfind('<D:prop><D:a>&#xD800;</D:a></D:prop>'), 400),
      is('beyond U+10FFFF', propfind('<D:prop><D:a>&#x110000;</D:a></D:prop>'), 400),
      is('one that only XML 1.1 has', find('<?xml version="1.1"?><a>&#1;</a>'), 400),
      is('no number', propfind('<D:prop><D:a>&#xZZ;</D:a></D:prop>'), 400),
      is('a raw control character', propfind('<D:prop><D:a>\u0001</D:a></D:prop>'), 400),
    ],
  },
  {
    cause: 'an encoding that is none, or another than it says',
    rule: 'XML 1.0 §4.3.3: UTF-8 and UTF-16; 400',
    twin: is('UTF-16 with its mark', find(utf16(ALL, false)), 207),
    cases: [
      is('a byte that is no UTF-8', find(Buffer.from('<a>\xff</a>', 'latin1')), 400),
      is('latin-1, and it says so', find('<?xml version="1.0" encoding="ISO-8859-1"?><a/>'), 400),
      is('EBCDIC', find('<?xml version="1.0" encoding="ebcdic-cp-us"?><a/>'), 400),
      is('UTF-7', find('<?xml version="1.0" encoding="UTF-7"?>+ADw-a+AD4-'), 400),
      is('UTF-16 without its mark', find(Buffer.from(ALL, 'utf16le')), 400),
      is('half a character of UTF-16', find(utf16(ALL, true).subarray(0, -1)), 400),
      is('an overlong "<"', find(Buffer.concat([Buffer.from('c0bc', 'hex'), Buffer.from('a/>')])), 400),
      is('XML 2.0', find(`<?xml version="2.0"?>${ALL}`), 400),
    ],
  },
  {
    cause: 'more XML than is read',
    rule: 'an XML body has 256 KiB; 413',
    twin: is('256 KiB', find(padded(256 * 1024)), 207),
    cases: [
      is('a byte more', find(padded(256 * 1024 + 1)), 413),
      is('1 MiB', find(padded(1024 * 1024)), 413),
      is(
        'a byte more, chunked',
        find(`40001\r\n${padded(256 * 1024 + 1)}\r\n0\r\n\r\n`, 'Transfer-Encoding: chunked'),
        413,
      ),
    ],
  },
  {
    cause: 'XML that is too deep, too wide, or has too much in one place',
    rule: 'RFC 4918 §20.6: limits of the server; 400',
    twin: is('250 properties', propfind(`<D:prop>${many(250, (index) => `<D:p${index}/>`).join('')}</D:prop>`), 207),
    cases: [
      is('33 deep', propfind(`<D:prop>${'<D:a>'.repeat(31)}${'</D:a>'.repeat(31)}</D:prop>`), 400),
      is('20,000 deep, never closed', propfind('<a>'.repeat(20_000)), 400),
      is('65 attributes', propfind(`<D:allprop ${many(65, (index) => `a${index}=""`).join(' ')}/>`), 400),
      is('251 properties', propfind(`<D:prop>${many(251, (index) => `<D:p${index}/>`).join('')}</D:prop>`), 400),
      is('20,000 elements', propfind(`<D:prop>${'<a/>'.repeat(20_000)}</D:prop>`), 400),
      is('2000 namespaces', propfind(`<D:allprop ${many(2000, (index) => `xmlns:n${index}="n"`).join(' ')}/>`), 400),
    ],
  },
  {
    cause: 'another question than PROPFIND has',
    rule: 'RFC 4918 §14.20: propname, or allprop, or prop; 400',
    twin: is('an element nobody knows beside it', propfind('<D:allprop/><X:a xmlns:X="urn:x"/>'), 207),
    cases: [
      is('another root', find('<D:propertyupdate xmlns:D="DAV:"/>'), 400),
      is('the right root in another namespace', find('<propfind xmlns="urn:x"><allprop/></propfind>'), 400),
      is('the right root in none', find('<propfind><allprop/></propfind>'), 400),
      is('the right root in capitals', find('<D:PROPFIND xmlns:D="DAV:"><D:allprop/></D:PROPFIND>'), 400),
      is('nothing', propfind(''), 400),
      is('two questions', propfind('<D:allprop/><D:propname/>'), 400),
      is('prop twice', propfind('<D:prop><D:getetag/></D:prop><D:prop><D:displayname/></D:prop>'), 400),
      is('only include', propfind('<D:include><D:getetag/></D:include>'), 400),
    ],
  },
  {
    cause: 'namespaces that do not hold',
    rule: 'Namespaces in XML 1.0 §2.2, §3, §5; 400',
    twin: is('another prefix', find('<a:propfind xmlns:a="DAV:"><a:allprop/></a:propfind>'), 207),
    cases: [
      is('a prefix nobody declared', propfind('<X:prop/>'), 400),
      is('on an attribute', propfind('<D:allprop X:a="1"/>'), 400),
      is('a prefix for none', propfind('<D:prop><a:b xmlns:a=""/></D:prop>'), 400),
      is('xmlns for another', propfind('<D:prop xmlns:xmlns="urn:x"/>'), 400),
      is('xml for another', propfind('<D:prop xmlns:xml="urn:x"/>'), 400),
      is('two colons', propfind('<D:a:b/>'), 400),
      is('a colon at the end', propfind('<D:/>'), 400),
      is('a colon at the beginning', propfind('<:a/>'), 400),
    ],
  },
];
