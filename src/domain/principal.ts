import type { VPath } from './vpath.ts';

export type PartnerId = string & { readonly __partner: unique symbol };

export type AccessMethod = 'line' | 'private-network' | 'vpn' | 'internet';

/** Roles at the hub; no hub role reads payload. */
export const ROLES = ['operator', 'acl-editor', 'approver', 'security-officer', 'auditor', 'helpdesk'] as const;
export type Role = (typeof ROLES)[number];

/** A person or machine account acting for exactly one partner. `id` is unique within the partner (`anna`, `batch`). */
export type Principal = {
  readonly kind: 'person' | 'machine';
  readonly id: string;
  readonly partner: PartnerId;
  readonly roles: readonly Role[];
};

export type Protocol = 'webdav' | 'sftp' | 'portal' | 'watcher';

/** 1: a certificate or key. 2: a second factor as well, or an identity card, which is one by itself. */
export type Level = 1 | 2;

/** The level something asks for, and the line of the configuration that says so. */
export type LevelNeed = { readonly level: Level; readonly rule: RuleRef };

/** One connection of one identified principal. */
export type Session = {
  readonly id: string;
  readonly principal: Principal;
  /**
   * Of a person whom several partners designated: those in force today; the first part of a path says for which one an
   * action is. Over SSH the login name has said so, and there are none here.
   */
  readonly designations?: readonly Principal[] | undefined;
  readonly protocol: Protocol;
  readonly accessMethod: AccessMethod;
  readonly remoteAddress: string;
  readonly level: Level;
  /** What the listener it came in by asks for. */
  readonly needs: LevelNeed;
  /** SHA-256 fingerprint of the certificate or key that proved it; empty for the drop folder. */
  readonly fingerprint: string;
  /** What the certificate says, where it was one. */
  readonly certificate?: { readonly subject: string; readonly issuer: string; readonly notAfter: number } | undefined;
  /** Lock tokens that came with this very request (RFC 4918 §10.4.1); none where a protocol has no locks. */
  readonly lockTokens?: readonly string[] | undefined;
};

/** `batch@ksz`, as in SFTP login names. */
export function principalName(principal: Principal): string {
  return `${principal.id}@${principal.partner}`;
}

/** The rights of an ACL. `view` is metadata without content; `move` is renaming inside one folder. */
export type Right = 'list' | 'read' | 'create' | 'overwrite' | 'delete' | 'move' | 'makeFolder' | 'view';

export const ALL_RIGHTS = [
  'list',
  'read',
  'create',
  'overwrite',
  'delete',
  'move',
  'makeFolder',
  'view',
] as const satisfies readonly Right[];

/** What a request wants to do; each needs the right of the same name. `stat` needs `list` or `view`. */
export type Action = Right | 'stat';

/** The line of the configuration that decided: `file#pointer`, or `standard-tree#mailbox`. */
export type RuleRef = string;

export type Decision =
  | { readonly allowed: true; readonly rule: RuleRef }
  | { readonly allowed: false; readonly visible: boolean; readonly rule: RuleRef }
  /** The right is there and the session's level is not: a second factor would open it. */
  | { readonly allowed: false; readonly visible: true; readonly rule: RuleRef; readonly code: 'level-too-low' };

/** Pure and synchronous. What nothing allows is refused; the deciding line of the configuration is named in the log. */
export interface Authorizer {
  decide(session: Session, action: Action, path: VPath): Decision;
}
