import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { secretFileFault } from '../domain/secret-file.ts';
import { type ConfigFiles, known } from './parse.ts';
import type { Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import type { PartnerFile } from './schema-partner.ts';
import type { Path } from './yaml-file.ts';

type Named = {
  readonly partner: ReadFile<PartnerFile>;
  readonly owner: string;
  readonly path: Path;
  /** undefined where an account names no file at all. */
  readonly file: string | undefined;
};

/** The files of second factors exist, are closed to others, and belong to one account each. Secrets are not read here. */
export async function secondFactorProblems(files: ConfigFiles, directory: string): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const owners = new Map<string, string>();
  for (const { partner, owner, path, file } of known(files.partners).flatMap(filesNamedBy)) {
    const { places } = partner;
    if (file === undefined) {
      problems.push(places.at(path, '"secondFactor" names no factor', 'add "totp" or "password", or remove it'));
      continue;
    }
    const absolute = resolve(directory, file);
    const other = owners.get(absolute);
    if (other !== undefined) {
      problems.push(places.at(path, `this secret already belongs to ${other}`, 'give each account its own'));
    }
    owners.set(absolute, owner);
    const fault = await faultOf(absolute);
    if (fault === undefined) continue;
    const remedy = `"sluis person second-factor ${owner}" makes one; then save this file again`;
    problems.push(places.at(path, `the secret ${file} cannot be used: ${fault}`, remedy));
  }
  return problems;
}

function filesNamedBy(partner: ReadFile<PartnerFile>): Named[] {
  return (['persons', 'machines'] as const).flatMap((kind) =>
    partner.value[kind].flatMap(({ id, secondFactor }, index): Named[] => {
      if (secondFactor === undefined) return [];
      const owner = `${id}@${partner.value.id}`;
      const at = [kind, index, 'secondFactor'];
      const { totp, password } = secondFactor;
      const named = [
        ...(totp === undefined ? [] : [{ path: [...at, 'totp', 'secretFile'], file: totp.secretFile }]),
        ...(password === undefined ? [] : [{ path: [...at, 'password', 'hashFile'], file: password.hashFile }]),
      ];
      if (named.length === 0) return [{ partner, owner, path: at, file: undefined }];
      return named.map((one) => ({ partner, owner, ...one }));
    }),
  );
}

async function faultOf(file: string): Promise<string | undefined> {
  try {
    const facts = await stat(file);
    return secretFileFault({ isFile: facts.isFile(), mode: facts.mode, uid: facts.uid }, process.getuid?.());
  } catch {
    return 'it cannot be read';
  }
}
