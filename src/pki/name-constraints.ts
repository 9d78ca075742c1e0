import { type Certificate, partsNamed } from './certificate.ts';
import { type DerElement, derChildren, derElement } from './der.ts';
import type { GeneralName, NameConstraints } from './general-names.ts';
import { OID } from './oids.ts';

const STRING_DECODERS: ReadonlyMap<number, BufferEncoding> = new Map([
  [0x0c, 'utf8'],
  [0x13, 'latin1'],
  [0x14, 'latin1'],
  [0x16, 'latin1'],
]);

/**
 * Whether the names of a certificate stay within what an issuer above it allows, RFC 5280 §6.1.3 (b) and (c). A form of
 * name that cannot be compared here counts as outside wherever a constraint speaks of that form.
 */
export function withinConstraints(certificate: Certificate, { permitted, excluded }: NameConstraints): boolean {
  for (const name of namesOf(certificate)) {
    if (excluded.some((base) => base.form === name.form && lies(name, base) !== 'outside')) return false;
    const allowing = permitted.filter((base) => base.form === name.form);
    if (allowing.length > 0 && !allowing.some((base) => lies(name, base) === 'inside')) return false;
  }
  return true;
}

/** Subject and alternative names; mail addresses of the subject count too, since people are found by them. */
function namesOf(certificate: Certificate): readonly GeneralName[] {
  const subject = Buffer.from(certificate.subjectDer, 'hex');
  const emails = partsNamed(certificate.subject, OID.email).map((email) => Buffer.from(email, 'latin1'));
  return [
    ...(certificate.subject.size === 0 ? [] : [{ form: 'directory', value: subject } as const]),
    ...emails.map((value) => ({ form: 'email', value }) as const),
    ...certificate.alternativeNames,
  ];
}

function lies(name: GeneralName, base: GeneralName): 'inside' | 'outside' | 'unknown' {
  const inside = isInside(name, base);
  if (inside === undefined) return 'unknown';
  return inside ? 'inside' : 'outside';
}

function isInside({ form, value }: GeneralName, base: GeneralName): boolean | undefined {
  if (form === 'directory') return directoryInside(value, base.value);
  if (form === 'ip') return addressInside(value, base.value);
  const [name, tree] = [text(value), text(base.value)];
  if (form === 'email') return emailInside(name, tree);
  if (form === 'dns') return tree === '' || name === tree || name.endsWith(tree.startsWith('.') ? tree : `.${tree}`);
  return form === 'uri' ? uriInside(name, tree) : undefined;
}

/** One mailbox, all of a host, or all hosts of a domain that begins with a dot. */
function emailInside(email: string, tree: string): boolean {
  if (tree.includes('@')) return email === tree;
  const host = email.slice(email.lastIndexOf('@') + 1);
  return tree.startsWith('.') ? host.endsWith(tree) : host === tree;
}

function uriInside(uri: string, tree: string): boolean | undefined {
  const host = URL.canParse(uri) ? new URL(uri).hostname : '';
  if (host === '') return undefined;
  return tree.startsWith('.') ? host.endsWith(tree) : host === tree;
}

/** An address and its mask follow one another: 8 or 32 bytes. */
function addressInside(address: Uint8Array, base: Uint8Array): boolean {
  if (base.length !== address.length * 2) return false;
  return address.every((byte, index) => {
    const mask = base[address.length + index] ?? 0;
    return (byte & mask) === ((base[index] ?? 0) & mask);
  });
}

function directoryInside(name: Uint8Array, base: Uint8Array): boolean | undefined {
  const [parts, wanted] = [partsOf(name), partsOf(base)];
  if (parts === undefined || wanted === undefined) return undefined;
  return wanted.length <= parts.length && wanted.every((part, index) => part === parts[index]);
}

/** The relative names of a Name as texts that are equal where RFC 5280 §7.1 calls them equal. */
function partsOf(name: Uint8Array): readonly string[] | undefined {
  const whole = derElement(name, 0, name.length);
  const sets = whole && derChildren(name, whole);
  return sets?.map((set) => {
    const attributes = (derChildren(name, set) ?? []).map((attribute) => attributeText(name, attribute));
    return attributes.toSorted().join('+');
  });
}

function attributeText(der: Uint8Array, attribute: DerElement): string {
  const [type, value] = derChildren(der, attribute) ?? [];
  if (type === undefined || value === undefined) return '';
  const bytes = Buffer.from(der.subarray(value.contents, value.end));
  const encoding = STRING_DECODERS.get(value.tag);
  const written = encoding === undefined ? `#${value.tag} ${bytes.toString('hex')}` : fold(bytes.toString(encoding));
  return `${Buffer.from(der.subarray(type.contents, type.end)).toString('hex')}=${written}`;
}

function fold(value: string): string {
  return value.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

function text(value: Uint8Array): string {
  return Buffer.from(value).toString('latin1').toLowerCase();
}
