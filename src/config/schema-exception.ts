import { z } from 'zod';
import { EXCEPTION_STATES } from '../domain/exception.ts';
import { level } from './schema.ts';
import {
  accountId,
  address,
  authorizationId,
  date,
  line,
  listOf,
  matching,
  sha256,
  strict,
  word,
} from './schema-values.ts';

/** One act that lets named persons come in over the internet. Which facts a state needs is checked with the references. */
export const exceptionSchema = strict({
  id: word,
  state: z.enum(EXCEPTION_STATES),
  flow: matching(
    /^[A-Z][A-Z0-9]{3}$/,
    'is not one flow, and an exception is never global',
    'write the code of one flow; a further flow needs an exception of its own',
  ),
  persons: listOf(accountId, 1),
  use: z.enum(['attended', 'automated-by-named-person']),
  act: z.enum(['consult', 'communicate']),
  /** What it is for; a consultation must say it. */
  aim: line().optional(),
  /** Why the Extranet, or a private network, cannot serve. */
  reason: line(),
  /** What is done against the risks of the internet. */
  measures: listOf(line(), 1),
  fileTransfer: strict({
    authorization: authorizationId,
    directions: listOf(z.enum(['download', 'upload']), 1),
  }).optional(),
  level: level.default(2),
  protocols: listOf(z.enum(['https', 'sftp']), 1).default(['https']),
  addresses: listOf(address).default([]),
  requested: date,
  advised: date.optional(),
  granted: date.optional(),
  /** Who signed. */
  grantedBy: line().optional(),
  /** Of the signed document. */
  documentSha256: sha256.optional(),
  from: date.optional(),
  until: date.optional(),
});

export type ExceptionEntry = z.infer<typeof exceptionSchema>;
