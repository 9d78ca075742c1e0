import type { Generation } from '../domain/generation.ts';
import {
  type AccessMethod,
  type Action,
  ALL_RIGHTS,
  type Authorizer,
  type Decision,
  type Level,
  type Principal,
  type Right,
  type RuleRef,
  type Session,
} from '../domain/principal.ts';
import { placeOf } from '../domain/tree.ts';
import { childOf, ROOT, type VPath } from '../domain/vpath.ts';
import { accountOf } from './authorizer.ts';

/** What `decide` answers about one right at one path. */
export type EffectiveRight = {
  readonly right: Right;
  readonly allowed: boolean;
  readonly visible: boolean;
  /** The line that decided. */
  readonly rule: RuleRef;
  /** The level of a session that is allowed it; undefined where none is. */
  readonly level?: Level | undefined;
  /** Where that is 2, the line that asks for it. */
  readonly levelRule?: RuleRef | undefined;
};

export type EffectivePlace = {
  readonly path: VPath;
  /** `inside` is about a name in the folder `path`, and not about the folder. */
  readonly of: 'path' | 'inside';
  readonly visible: boolean;
  readonly rights: readonly EffectiveRight[];
};

export type Asked = { readonly principal: Principal; readonly accessMethod?: AccessMethod | undefined };

/** Where the answers come from. */
export type EffectiveParts = { readonly generation: Generation; readonly authorizer: Authorizer };

const LEVELS: readonly Level[] = [1, 2];
/** Any name will do: rights inside a folder are the same for all names. */
const ANY_NAME = 'name';

/** The principal of a name such as `anna@rva`; undefined where nobody has it. */
export function principalOf({ partners }: Generation, name: string): Principal | undefined {
  for (const partner of partners) {
    const account = partner.accounts.find(({ id }) => `${id}@${partner.id}` === name);
    if (account !== undefined) return { kind: account.kind, id: account.id, partner: partner.id, roles: account.roles };
  }
  return undefined;
}

/** Each right at one path, asked of `decide` as a session of each level would ask it. */
export function effectiveAt(parts: EffectiveParts, asked: Asked, path: VPath): EffectivePlace {
  return placeAt(parts, asked, path, path, 'path');
}

/** Each right at every folder of the principal's tree, and for names inside those that take names. */
export function effectiveTree(parts: EffectiveParts, asked: Asked): readonly EffectivePlace[] {
  const { generation } = parts;
  const found = accountOf(generation, asked.principal);
  if (found === undefined) return [effectiveAt(parts, asked, ROOT)];
  const walk = (path: VPath): readonly EffectivePlace[] => {
    const itself = effectiveAt(parts, asked, path);
    const place = placeOf(generation, found.partner, found.account, path);
    if (place === undefined || !itself.visible) return [];
    if (place.kind !== 'virtual') return [itself, placeAt(parts, asked, childOf(path, ANY_NAME), path, 'inside')];
    return [itself, ...place.children.flatMap((name) => walk(childOf(path, name)))];
  };
  return walk(ROOT);
}

function placeAt(
  { authorizer }: EffectiveParts,
  asked: Asked,
  target: VPath,
  path: VPath,
  of: EffectivePlace['of'],
): EffectivePlace {
  const [first, second] = LEVELS.map((level) => sessionOf(asked, level));
  if (first === undefined || second === undefined) throw new Error('there are two levels');
  const rights = ALL_RIGHTS.map((right): EffectiveRight => {
    const decision = authorizer.decide(first, right, target);
    if (decision.allowed) return { right, allowed: true, visible: true, rule: decision.rule, level: 1 };
    const stronger = authorizer.decide(second, right, target);
    if (stronger.allowed) {
      return { right, allowed: true, visible: true, rule: stronger.rule, level: 2, levelRule: decision.rule };
    }
    return { right, allowed: false, visible: isVisible(decision), rule: decision.rule };
  });
  return { path, of, visible: isVisible(authorizer.decide(second, 'stat' satisfies Action, target)), rights };
}

function isVisible(decision: Decision): boolean {
  return decision.allowed || decision.visible;
}

/** A session as one would be that came in by this method; listeners on the internet ask for level 2. */
function sessionOf({ principal, accessMethod = 'line' }: Asked, level: Level): Session {
  return {
    id: 'effective',
    principal,
    protocol: 'webdav',
    accessMethod,
    remoteAddress: '127.0.0.1',
    level,
    needs: { level: accessMethod === 'internet' ? 2 : 1, rule: `listener#${accessMethod}` },
    fingerprint: '',
  };
}

/** Whether two places grant the same: what `sluis check --diff` compares. */
export function rightsText({ path, of, rights }: EffectivePlace): string {
  const held = rights.filter(({ allowed }) => allowed).map(({ right, level }) => (level === 2 ? `${right}(2)` : right));
  return `${of === 'inside' ? `${path === ROOT ? '' : path}/*` : path}: ${held.join(', ') || 'nothing'}`;
}
