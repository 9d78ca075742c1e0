import { type DerElement, derChildren, derElement } from './der.ts';

/** The forms of a name that constraints can speak of here, by the tag of the choice (RFC 5280 §4.2.1.6). */
const FORMS: ReadonlyMap<number, NameForm> = new Map([
  [0x81, 'email'],
  [0x82, 'dns'],
  [0xa4, 'directory'],
  [0x86, 'uri'],
  [0x87, 'ip'],
]);

export type NameForm = 'email' | 'dns' | 'directory' | 'uri' | 'ip' | 'other';

/** `value`: the contents of the name; of a directory name the DER of the Name itself. */
export type GeneralName = { readonly form: NameForm; readonly value: Uint8Array };

/** The subtrees of one issuer's certificate. */
export type NameConstraints = { readonly permitted: readonly GeneralName[]; readonly excluded: readonly GeneralName[] };

const PERMITTED = 0xa0;
const EXCLUDED = 0xa1;
const MAX_SUBTREES = 256;

/** GeneralNames ::= SEQUENCE OF GeneralName; undefined where it is not that. */
export function readGeneralNames(der: Uint8Array): readonly GeneralName[] | undefined {
  const whole = derElement(der, 0, der.length);
  const names = whole && derChildren(der, whole);
  return names?.map((name) => generalName(der, name));
}

/**
 * NameConstraints, RFC 5280 §4.2.1.10: SEQUENCE { permitted [0] GeneralSubtrees, excluded [1] GeneralSubtrees }, each
 * GeneralSubtree a SEQUENCE { base }: `minimum` is 0 and `maximum` absent. undefined where it is not that.
 */
export function readNameConstraints(der: Uint8Array): NameConstraints | undefined {
  const whole = derElement(der, 0, der.length);
  const parts = whole && derChildren(der, whole);
  if (parts === undefined || parts.length === 0) return undefined;
  const found = { permitted: [] as GeneralName[], excluded: [] as GeneralName[] };
  for (const part of parts) {
    if (part.tag !== PERMITTED && part.tag !== EXCLUDED) return undefined;
    const trees = derChildren(der, part);
    if (trees === undefined || trees.length > MAX_SUBTREES) return undefined;
    for (const tree of trees) {
      const [base, ...distances] = derChildren(der, tree) ?? [];
      if (base === undefined || distances.length > 0) return undefined;
      found[part.tag === PERMITTED ? 'permitted' : 'excluded'].push(generalName(der, base));
    }
  }
  return found;
}

function generalName(der: Uint8Array, { tag, contents, end }: DerElement): GeneralName {
  return { form: FORMS.get(tag) ?? 'other', value: der.subarray(contents, end) };
}
