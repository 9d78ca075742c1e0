import { t } from '../i18n/language.ts';
import { session } from './session.ts';

/** Whom to ask, in a sentence; undefined as long as nobody knows who is asking. */
export function useContactText(): string | undefined {
  const contact = session.value?.contact;
  return contact === undefined ? undefined : t('shell.contact', contact);
}
