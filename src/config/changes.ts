import { isLimitAlone } from './guarded-limits.ts';
import type { Leaves, Shape } from './shape.ts';

/** One value that differs between two configurations. `before` and `after` are JSON; undefined where it is not there. */
export type Change = {
  readonly file: string;
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Whether it is taken up only with the approval of a second person. */
  readonly needsApproval: boolean;
};

/**
 * What one person may change alone. Whatever is not named here needs a second one: authorizations, ACLs, exceptions, roles,
 * mandates, ways in, keys of those who hold a role, and every key that is not known yet.
 */
const ALONE: readonly (readonly [file: RegExp, path: RegExp])[] = [
  [/^gateway\.yaml$/, /^(?:languages|sftp|processes)(?:\/|$)/],
  [/^partners\//, /^(?:name|language|helpdesk|contract|answerFormat|outputs|quotaBytes|maxFileBytes)(?:\/|$)/],
  [/^partners\//, /^officials\/(?:leadingOfficial|ciso)(?:\/|$)/],
  [/^flows\//, /^(?:title|holdDays|remindAfterDays|keepAnsweredSeconds)(?:\/|$)/],
  [/^sectors\.yaml$/, /^sectors\/\d+\/name$/],
];

/** Ends that may come sooner at once. */
const ENDS =
  /^(?:persons\/[^/]+\/designation\/until|officials\/localAdministrators\/\d+\/mandate\/(?:until|withdrawn))$/;

/** Of persons without a role at the hub and of machines: their own institution's matter. */
const OF_ACCOUNTS =
  /^(?:id|name|purpose|flows|sshKeys|certificates|disabled|secondFactor|designation|userRegulation|roles|proofs)(?:\/|$)/;
const ACCOUNT = /^(persons|machines)\/([^/]+)\/(.+)$/;
/** Who somebody is, and what proves it. */
const IDENTITY = /^(?:id|name|sshKeys|certificates|proofs|secondFactor)(?:\/|$)/;
const NO_ROLES = '[]';
const BY_HUB = '"hub"';

/** Every difference, by file and path. */
export function changesBetween(before: Shape, after: Shape): readonly Change[] {
  const files = [...new Set([...before.keys(), ...after.keys()])].sort();
  return files.flatMap((file) => {
    const [old = new Map(), now = new Map()] = [before.get(file), after.get(file)];
    const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
    return paths
      .filter((path) => old.get(path) !== now.get(path))
      .map((path): Change => {
        const needsApproval = !isAlone(file, path, old, now);
        return { file, path, before: old.get(path), after: now.get(path), needsApproval };
      });
  });
}

function isAlone(file: string, path: string, before: Leaves, after: Leaves): boolean {
  if (ALONE.some(([files, paths]) => files.test(file) && paths.test(path))) return true;
  if (file === 'gateway.yaml') return isLimitAlone(path, before.get(path), after.get(path));
  if (!file.startsWith('partners/')) return false;
  // A file that comes or goes is a partner that does.
  if (before.size === 0 || after.size === 0) return false;
  return takesAway(path, before.get(path), after.get(path)) || isOfOwnAccount(path, before, after);
}

/** Who is shut out, or sooner, is so at once. What the hub disabled is not made the institution's own matter. */
function takesAway(path: string, before: string | undefined, after: string | undefined): boolean {
  if (/^(?:(?:persons|machines)\/[^/]+\/)?disabled$/.test(path))
    return after === BY_HUB || (after === 'true' && before !== BY_HUB);
  if (/^persons\/[^/]+\/userRegulation$/.test(path)) return after === '"not-accepted"';
  if (/^persons\/[^/]+\/userRegulation\//.test(path)) return after === undefined;
  if (!ENDS.test(path)) return false;
  return after !== undefined && (before === undefined || after < before);
}

function isOfOwnAccount(path: string, before: Leaves, after: Leaves): boolean {
  const [, kind, id, rest = ''] = ACCOUNT.exec(path) ?? [];
  // The list itself, empty before or after its only account.
  if (kind === undefined) return path === 'persons' || path === 'machines';
  const own = `${kind}/${id}`;
  // Whom the hub disabled stays as he is until two persons of the hub have agreed.
  if (before.get(`${own}/disabled`) === BY_HUB) return false;
  if (kind === 'persons' && [before, after].some((leaves) => holdsRole(leaves, own))) return rest === 'name';
  if (kind === 'persons' && IDENTITY.test(rest) && [before, after].some((leaves) => hasException(leaves, id)))
    return false;
  return OF_ACCOUNTS.test(rest);
}

/** An exception is for one person: who he is and what proves it is part of what was granted. */
function hasException(leaves: Leaves, person: string | undefined): boolean {
  const isNamed = ([path, value]: readonly [string, string]) =>
    /^exceptions\/\d+\/persons\/\d+$/.test(path) && value === JSON.stringify(person);
  return [...leaves].some(
    (leaf) => isNamed(leaf) && leaves.get(leaf[0].replace(/persons\/\d+$/, 'state')) !== '"ended"',
  );
}

function holdsRole(leaves: Leaves, person: string): boolean {
  const there = leaves.has(`${person}/id`);
  return there && leaves.get(`${person}/roles`) !== NO_ROLES;
}
