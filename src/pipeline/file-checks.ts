import type { Arrival } from '../domain/arrival.ts';
import type { FindingCode } from '../domain/finding.ts';
import type { Environment, Flow } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import type { Partner } from '../domain/partner.ts';
import { faultsOfRszName, type RszName } from '../domain/rsz-name.ts';

/** A fault of a whole file; `detail` completes the sentence of the code. */
export type FileFault = { readonly code: FindingCode; readonly detail?: string | undefined };

/** Code of a set that stands in the wrong folder, by the environment of its name. Source: docs/domain.md §1. */
const WRONG_FOLDER = { R: '118', T: '119', S: '257' } as const satisfies Record<Environment, FindingCode>;

/** The flow a file belongs to, or why there is none. */
export type FoundFlow = { readonly flow: Flow } | { readonly flow: undefined; readonly fault: FileFault };

/** The flow of a file handed in alone: the folder names it; in a flat tree exactly one flow's pattern must match. */
export function flowOfUpload(generation: Generation, partner: Partner, arrival: Arrival, name: string): FoundFlow {
  const mine = generation.flows.filter((flow) => partner.sends.includes(flow.code));
  const choices = mine.map((flow) => flow.code).join(', ');
  if (arrival.folderFlow !== undefined) {
    const flow = generation.flows.find((candidate) => candidate.code === arrival.folderFlow);
    return flow ? { flow } : { flow: undefined, fault: { code: '088', detail: choices } };
  }
  const found = generation.flows.filter((flow) => flow.triggers.includes('upload') && matches(flow, name));
  const [flow] = found;
  if (flow !== undefined && found.length === 1) return { flow };
  return {
    flow: undefined,
    fault: { code: '088', detail: found.length > 1 ? found.map((one) => one.code).join(', ') : choices },
  };
}

/**
 * The flow of a set: the folder names it, and a name that says otherwise is a fault of its own; in a flat tree the content
 * code of the name does. A set is never answered in the mailbox of a flow that its sender may not even see.
 */
export function flowOfSet(generation: Generation, partner: Partner, arrival: Arrival, name: RszName): FoundFlow {
  const code = arrival.folderFlow ?? name.content;
  const flow = generation.flows.find((candidate) => candidate.code === code && candidate.triggers.includes('go-file'));
  const choices = generation.flows
    .filter((one) => partner.sends.includes(one.code))
    .map((one) => one.code)
    .join(', ');
  return flow ? { flow } : { flow: undefined, fault: { code: '088', detail: arrival.folderFlow ?? choices } };
}

/** Faults of a single file: trigger, size, authorization. */
export function faultsOfUpload(
  generation: Generation,
  partner: Partner,
  flow: Flow,
  size: number,
): readonly FileFault[] {
  const faults: FileFault[] = [];
  if (!flow.triggers.includes('upload')) faults.push({ code: '129', detail: 'FI, FS, GO, TD' });
  return [...faults, ...faultsOfData(generation, partner, flow, size)];
}

/** Faults of the name and folder of a set. `now` in milliseconds. */
export function faultsOfSetName(
  generation: Generation,
  partner: Partner,
  arrival: Arrival,
  name: RszName,
  now: number,
): readonly FileFault[] {
  const faults: FileFault[] = faultsOfRszName(name, now).map((code) => ({ code }));
  const letter = name.environment;
  const wrongFlow = arrival.folderFlow !== undefined && arrival.folderFlow !== name.content;
  if ((letter === 'R' || letter === 'T' || letter === 'S') && (letter !== arrival.environment || wrongFlow)) {
    faults.push({ code: WRONG_FOLDER[letter] });
  }
  if (!partner.senderNumbers.includes(name.senderNumber)) {
    const others = generation.partners.some((other) => other.senderNumbers.includes(name.senderNumber));
    faults.push({ code: others ? '108' : '103', detail: name.senderNumber });
  }
  return faults;
}

/** Faults of the bytes as a whole, and of the sender's right to hand in this flow at all. */
export function faultsOfData(generation: Generation, partner: Partner, flow: Flow, size: number): readonly FileFault[] {
  const faults: FileFault[] = [];
  if (size === 0) faults.push({ code: '134' });
  if (size > flow.maxFileBytes) faults.push({ code: '184', detail: `${flow.maxFileBytes}` });
  const { sector, type } = partner.institution;
  const authorized = generation.authorizations.some(
    (act) => act.flow === flow.code && act.sender.sector === sector && act.sender.type === type,
  );
  if (!authorized) faults.push({ code: '427', detail: flow.code });
  return faults;
}

function matches(flow: Flow, name: string): boolean {
  return new RegExp(`^(?:${flow.pattern})$`, 'u').test(name);
}
