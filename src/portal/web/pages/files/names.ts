import { t } from '../../i18n/language.ts';
import { purposeOf } from './paths.ts';

/** A top folder in plain words. */
export function plainName(name: string): string {
  const purpose = purposeOf(name);
  return purpose === undefined ? name : t(`files.way.${purpose}`);
}
