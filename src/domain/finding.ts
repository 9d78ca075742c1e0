/** Codes of faults in a partner's file or record. Source: docs/domain.md "Which case gets which code". */
export type FindingCode = string;

/** A fault in a partner's data: never an exception. `record` counts from 1; 0 is the file. */
export type Finding = {
  readonly record: number;
  readonly field: string;
  readonly code: FindingCode;
  readonly severity: 'information' | 'warning' | 'fatal';
  /** Detail for the text of the code: what was found or what to choose from; never another person's data. */
  readonly detail?: string | undefined;
  /** The value as its sender wrote it, where one field has it; only answers to that sender may show it. */
  readonly value?: string | undefined;
};
