import { isIP } from 'node:net';
import { z } from 'zod';
import { type Kbo, normaliseKbo } from '../domain/kbo.ts';
import type { Institution } from '../domain/partner.ts';
import { type IsoDate, parseDate } from '../domain/period.ts';
import { type PartnerId, ROLES } from '../domain/principal.ts';

/** A map that takes exactly these keys. The message of an unknown key is the list of known ones, for suggestions. */
export function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(', ') : undefined),
  });
}

/** A plain value that a function understands, or a problem that says what to write. */
export function parsed<T>(parse: (text: string) => T | undefined, fault: string, remedy: string) {
  return z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.issues.push({ code: 'custom', input: text, message: `"${text}" ${fault}`, params: { remedy } });
    return z.NEVER;
  });
}

/** A text of a fixed form. */
export function matching(form: RegExp, fault: string, remedy: string) {
  return parsed((text) => (form.test(text) ? text : undefined), fault, remedy);
}

/** One line of text for people, not empty. */
export function line(maxLength = 200) {
  return parsed(
    (text) => (text.trim() === text && /^\P{Cc}+$/u.test(text) && text.length <= maxLength ? text : undefined),
    'is not one line of text',
    `write 1 to ${maxLength} characters on one line, without spaces at its ends`,
  );
}

/** A list without repetition; `min` items or more. */
export function listOf<Item extends z.ZodType>(item: Item, min = 0) {
  return z
    .array(item)
    .min(min)
    .superRefine((items, context) => {
      const seen = new Set<string>();
      for (const [index, value] of items.entries()) {
        const key = JSON.stringify(value);
        const remedy = 'remove one of the two';
        if (seen.has(key))
          context.addIssue({
            code: 'custom',
            path: [index],
            message: `${key} stands twice in this list`,
            params: { remedy },
          });
        seen.add(key);
      }
    });
}

export const partnerId = parsed<PartnerId>(
  (text) => (/^[a-z][a-z0-9-]{1,30}$/.test(text) ? (text as PartnerId) : undefined),
  'cannot be the id of a partner',
  'write a lower-case letter, then 1 to 30 lower-case letters, digits or hyphens',
);

export const accountId = matching(
  /^[a-z][a-z0-9-]{1,30}$/,
  'cannot be the id of an account',
  'write a lower-case letter, then 1 to 30 lower-case letters, digits or hyphens',
);

export const accountName = matching(
  /^[a-z][a-z0-9-]{1,30}@[a-z][a-z0-9-]{1,30}$/,
  'is not a person of a partner',
  'write it as in anna@rva',
);

/** Held at the hub. */
export const role = z.enum(ROLES);

export const flowCode = matching(
  /^[A-Z][A-Z0-9]{3}$/,
  'cannot be the code of a flow',
  'write four upper-case letters or digits, a letter first',
);

export const authorizationId = matching(
  /^[a-z0-9][a-z0-9-]{1,60}$/,
  'cannot be the id of an authorization',
  'write 2 to 61 lower-case letters, digits or hyphens',
);

/** Names of blocks, kinds of datum and layout versions. */
export const word = matching(
  /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
  'is not one word',
  'write up to 64 letters, digits, dots, hyphens or underscores',
);

export const date = parsed<IsoDate>(parseDate, 'is not a day of the calendar', 'write it as YYYY-MM-DD');

export const institution = parsed<Institution>(
  (text) => {
    const [, sector, type] = /^(\d{1,3})\/(\d{1,3})$/.exec(text) ?? [];
    return sector === undefined || type === undefined ? undefined : { sector: Number(sector), type: Number(type) };
  },
  'is not an institution',
  'write sector and type with a slash, as in 25/0',
);

export const kbo = parsed<Kbo>(
  normaliseKbo,
  'is not a KBO number: ten digits whose last two are 97 − (the first eight mod 97)',
  'copy the number from the Crossroads Bank for Enterprises, between quotes',
);

export const email = matching(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'is not an e-mail address', 'write it as name@example.org');

export const telephone = matching(
  /^\+?[0-9][0-9 ./()-]{5,24}$/,
  'is not a telephone number',
  'write it between quotes, as in "+32 2 000 00 00"',
);

export const sha256 = parsed(
  (text) => (/^[0-9a-fA-F]{64}$/.test(text) ? text.toLowerCase() : undefined),
  'is not a SHA-256 digest',
  'write its 64 hexadecimal digits',
);

/** An IP address or a network in CIDR form. */
export const address = parsed(
  (text) => (isNetwork(text) ? text : undefined),
  'is not an IP address or network',
  'write an address such as 192.0.2.7, or a network such as 192.0.2.0/28',
);

/** Where a listener binds. A name is not taken, since it may lead elsewhere tomorrow. */
export const host = parsed(
  (text) => (isIP(text) !== 0 || text === 'localhost' ? text : undefined),
  'is not an address to listen on',
  'write an IP address of this machine, such as 127.0.0.1',
);

/** 0 lets the operating system choose a free port. */
export const port = z.int().min(0).max(65_535);

/** A length of time; parts of a second are allowed. */
export function seconds(min: number, max: number) {
  return z.number().min(min).max(max);
}

function isNetwork(text: string): boolean {
  const [ip = '', prefix, ...rest] = text.split('/');
  const family = isIP(ip);
  if (family === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= (family === 4 ? 32 : 128);
}
