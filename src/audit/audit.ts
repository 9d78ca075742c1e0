import type { AuditLine } from '../storage/commands.ts';

/** The log of who did what. A line that records a change goes into the ledger commit of that change, not through here. */
export interface Audit {
  /** Refusals, logins and looks: durable within 1 s and not waited for. */
  note(line: AuditLine): void;
  /** Durable on return; concurrent calls share a commit. Used before the first byte of content leaves. */
  record(line: AuditLine): Promise<void>;
  /** @throws GatewayError `unavailable` where the log could not be written for 1 s: no log, no service */
  assertWorking(): void;
  /** As `assertWorking`, and waits some seconds for a log that is only slow: it falls behind where the machine is busy. */
  whenWorking(): Promise<void>;
}
