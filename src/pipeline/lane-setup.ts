import type { RecordLogHead } from '../audit/record-log.ts';
import { batchLogHead } from './batch-log.ts';
import type { LaneSetup } from './lane-messages.ts';
import type { Router } from './route.ts';

/** What every record of a batch is decided with, but for the directory. */
export type DeskSetup = Pick<LaneSetup, 'task' | 'plan'>;

/** The head of the log of a batch in the lane, which every thread must have alike. */
export function laneLogHead({ task, plan }: DeskSetup, version: bigint, router: Router): RecordLogHead {
  // No record of the lane names an employer.
  const versions = { layoutVersion: plan.layout.version, mandatesVersion: undefined };
  return batchLogHead(task, { directoryVersion: String(version), ...versions }, router);
}
