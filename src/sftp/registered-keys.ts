import { Identities } from '../access/identify.ts';
import type { Current } from '../domain/current.ts';
import type { Partner } from '../domain/partner.ts';
import type { LoginParts } from './login.ts';

/** Answers offers of keys by the accounts of the generation in force; whether the account may come in is not asked here. */
export function registeredKeys(partners: Current<readonly Partner[]>): LoginParts['knowsKey'] {
  let read: readonly Partner[] = [];
  let identities = new Identities(read);
  return (login, key) => {
    if (partners.value !== read) {
      read = partners.value;
      identities = new Identities(read);
    }
    return identities.byKey(login, key.blob).ok;
  };
}
