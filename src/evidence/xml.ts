const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu; // XML 1.0 §2.2
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
};

export const XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
export const EVIDENCE_NAMESPACE = 'urn:sluis:evidence:1';

/** Text inside an element. What XML cannot hold becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text.replace(FORBIDDEN, '\ufffd').replace(/[&<>"'\r]/g, (character) => ESCAPES[character] ?? character);
}

/** An element: its name, and its text or its children. */
export type XmlElement = readonly [name: string, content: string | number | readonly XmlElement[]];

/** Lines of indented XML, each ended. Names are our own and are not escaped. */
export function xmlLines([name, content]: XmlElement, depth: number, attributes = ''): string {
  const indent = '  '.repeat(depth);
  if (typeof content === 'string' || typeof content === 'number') {
    return `${indent}<${name}${attributes}>${escapeXml(String(content))}</${name}>\n`;
  }
  const inner = content.map((child) => xmlLines(child, depth + 1)).join('');
  return `${indent}<${name}${attributes}>\n${inner}${indent}</${name}>\n`;
}

/** What the layouts of RSZ have no element for. */
export function evidenceLines(elements: readonly XmlElement[], depth: number): string {
  return xmlLines(['Evidence', elements], depth, ` xmlns="${EVIDENCE_NAMESPACE}"`);
}

/** The head every form begins with; UTC. AttestationStatus 0: original; TypeForm FA: final answer. */
export function formHead(identification: string, at: number): readonly XmlElement[] {
  const time = new Date(at).toISOString();
  return [
    ['Identification', identification],
    ['FormCreationDate', time.slice(0, 10)],
    ['FormCreationHour', time.slice(11, 23)],
    ['AttestationStatus', 0],
    ['TypeForm', 'FA'],
  ];
}

/** ReferenceOrigin 2: the number is a ticket of social security. */
export const TICKET_ORIGIN = 2;

export function fileReference(file: string, ticket: string): XmlElement {
  return [
    'FileReference',
    [
      ['FileName', file],
      ['ReferenceOrigin', TICKET_ORIGIN],
      ['ReferenceNbr', ticket],
    ],
  ];
}
