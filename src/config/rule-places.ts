import { readTree } from './tree.ts';
import { type Places, readYaml } from './yaml-file.ts';

/** Turns the rule of a decision (`folders.yaml#/folders/0/grants/1`) into its line (`folders.yaml:12`). */
export type RulePlaces = (rule: string) => string;

/** Reads where the lines of a configuration folder stand. What is no pointer into a file stays as it is. */
export async function rulePlaces(directory: string): Promise<RulePlaces> {
  const { files } = await readTree(directory);
  const known = new Map<string, Places | undefined>();
  const placesOf = (file: string): Places | undefined => {
    if (known.has(file)) return known.get(file);
    const text = files.get(file);
    const yaml = text === undefined ? undefined : readYaml(file, text);
    const places = yaml !== undefined && 'file' in yaml ? yaml.file.places : undefined;
    known.set(file, places);
    return places;
  };
  const one = (rule: string): string => {
    const [file = '', pointer] = rule.split('#', 2);
    const places = pointer?.startsWith('/') === true ? placesOf(file) : undefined;
    if (places === undefined || pointer === undefined) return rule;
    const path = pointer
      .slice(1)
      .split('/')
      .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
    return `${file}:${places.at(path, '', '').line}`;
  };
  return (rule) => rule.split(' ').map(one).join(' ');
}
