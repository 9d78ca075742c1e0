import { FolderAuthorizer } from '../access/authorizer.ts';
import { type EffectivePlace, effectiveAt, effectiveTree, principalOf } from '../access/effective.ts';
import { type RulePlaces, rulePlaces } from '../config/rule-places.ts';
import { systemClock } from '../domain/clock.ts';
import { GatewayError } from '../domain/errors.ts';
import type { AccessMethod } from '../domain/principal.ts';
import { parseVPath } from '../domain/vpath.ts';
import { type CommonOptions, soundSettings } from './places.ts';

/**
 * Prints what `decide` answers for each right of a principal at one path, or at every folder of its tree, and the line
 * that grants it. Reads the configuration on disk; asks no gateway.
 */
export async function effective(
  name: string,
  path: string | undefined,
  options: CommonOptions & { readonly method: AccessMethod },
  out: NodeJS.WritableStream,
): Promise<0> {
  const { generation } = await soundSettings(options.config);
  const principal = principalOf(generation, name);
  if (principal === undefined)
    throw new GatewayError('not-found', `there is no account ${name}; write it as in anna@rva`);
  const authorizer = new FolderAuthorizer({ value: generation }, () => systemClock.now());
  const asked = { principal, accessMethod: options.method };
  const places =
    path === undefined
      ? effectiveTree({ generation, authorizer }, asked)
      : [effectiveAt({ generation, authorizer }, asked, parseVPath(path))];
  const lineOf = await rulePlaces(options.config);
  const lines = places.map((place) => ({
    ...place,
    rights: place.rights.map((right) => ({
      ...right,
      line: lineOf(right.rule),
      ...(right.levelRule === undefined ? {} : { levelLine: lineOf(right.levelRule) }),
    })),
  }));
  const answer = { principal: name, generation: generation.id, accessMethod: options.method, places: lines };
  out.write(options.json ? `${JSON.stringify(answer)}\n` : places.map((place) => table(place, lineOf)).join('\n'));
  return 0;
}

function table({ path, of, visible, rights }: EffectivePlace, lineOf: RulePlaces): string {
  const name = of === 'inside' ? `${path}/*` : path;
  const title = visible ? name : `${name} (looks like an absent name)`;
  const rows = rights.map(({ right, allowed, visible: shown, rule, level, levelRule }) => {
    const answer = allowed ? `allowed, level ${level}` : shown ? 'refused' : 'refused, not visible';
    const asks = levelRule === undefined ? '' : ` (level: ${lineOf(levelRule)})`;
    return `  ${right.padEnd(11)} ${answer.padEnd(21)} ${lineOf(rule)}${asks}\n`;
  });
  return `${title}\n${rows.join('')}`;
}
