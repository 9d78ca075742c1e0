import type { CertificateRule } from '../domain/partner.ts';
import { type ConfigFiles, known } from './parse.ts';
import type { Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import type { PartnerFile } from './schema-partner.ts';
import type { Path, Places } from './yaml-file.ts';

type Claim = { readonly rule: CertificateRule; readonly owner: string; readonly places: Places; readonly path: Path };

/** A certificate leads to exactly one account: no two rules may take the same one. */
export function keyholderProblems(files: ConfigFiles): readonly Problem[] {
  const claims = known(files.partners).flatMap(claimsOf);
  const problems: Problem[] = [];
  const byKind = Map.groupBy(claims, ({ rule }) => rule.kind);
  for (const group of byKind.values()) problems.push(...clashes(group));
  for (const { rule, places, path } of claims) {
    if (rule.kind === 'subject' && rule.email === undefined && rule.serialNumber === undefined) {
      problems.push(
        places.at(path, 'this rule takes every certificate of an issuer', 'add "email", "serialNumber" or both'),
      );
    }
  }
  return problems;
}

function claimsOf({ places, value }: ReadFile<PartnerFile>): Claim[] {
  return (['persons', 'machines'] as const).flatMap((kind) =>
    value[kind].flatMap((account, index) =>
      account.certificates.map((rule, position) => {
        return { rule, owner: `${account.id}@${value.id}`, places, path: [kind, index, 'certificates', position] };
      }),
    ),
  );
}

function clashes(claims: readonly Claim[]): Problem[] {
  const problems: Problem[] = [];
  const keysSeen = new Map<string, Claim[]>();
  for (const claim of claims) {
    // Rules that could take the same certificate share one of these keys, so only those are compared.
    const keys = meetingKeys(claim.rule);
    const rivals = keys.flatMap((key) => keysSeen.get(key) ?? []);
    const other = rivals.find((rival) => takesSame(rival.rule, claim.rule));
    if (other !== undefined) {
      const message = `a certificate that fits this rule of ${claim.owner} also fits one of ${other.owner} (${other.places.file})`;
      problems.push(
        claim.places.at(
          claim.path,
          message,
          'a certificate belongs to one account: remove one rule, or make both narrower',
        ),
      );
    }
    for (const key of keys) keysSeen.set(key, [...(keysSeen.get(key) ?? []), claim]);
  }
  return problems;
}

function meetingKeys(rule: CertificateRule): string[] {
  switch (rule.kind) {
    case 'fingerprint':
      return [rule.sha256];
    case 'eid':
      return [rule.nationalNumber];
    case 'machine':
      return [`${rule.kbo}/${rule.commonName}`];
    case 'subject':
      return [
        ...(rule.email === undefined ? [] : [`email ${rule.email.toLowerCase()}`]),
        ...(rule.serialNumber === undefined ? [] : [`serial ${rule.serialNumber}`]),
      ];
  }
}

/** Rules of one kind that meet in a key; of two subject rules, one must say all that the other says. */
function takesSame(a: CertificateRule, b: CertificateRule): boolean {
  if (a.kind !== 'subject' || b.kind !== 'subject') return true;
  return narrows(a, b) || narrows(b, a);
}

type SubjectRule = Extract<CertificateRule, { kind: 'subject' }>;

function narrows(narrow: SubjectRule, wide: SubjectRule): boolean {
  return (
    (wide.issuerKeyId === undefined || wide.issuerKeyId === narrow.issuerKeyId) &&
    (wide.email === undefined || wide.email.toLowerCase() === narrow.email?.toLowerCase()) &&
    (wide.serialNumber === undefined || wide.serialNumber === narrow.serialNumber)
  );
}
