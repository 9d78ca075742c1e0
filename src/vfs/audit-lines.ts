import { principalName, type RuleRef, type Session } from '../domain/principal.ts';
import type { AuditLine } from '../storage/commands.ts';

type Fields = AuditLine['fields'];

/** The audit line of one action: who, from where, how, on what, and the rule that decided. */
export function actionLine(
  session: Session,
  action: string,
  path: string,
  outcome: AuditLine['outcome'],
  rule: RuleRef,
  more: Fields = {},
): AuditLine {
  return {
    kind: action,
    outcome,
    fields: {
      principal: principalName(session.principal),
      session: session.id,
      protocol: session.protocol,
      accessMethod: session.accessMethod,
      address: session.remoteAddress,
      fingerprint: session.fingerprint,
      path,
      rule,
      ...more,
    },
  };
}
