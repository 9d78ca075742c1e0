import type { LayoutVersion } from '../domain/flow.ts';
import type { FlowFormat, OutputFormat } from '../domain/format.ts';
import { isDigits } from '../formats/fixed-width-sums.ts';
import { actsInForce } from './authorize.ts';
import type { BatchTask } from './batch.ts';

/**
 * Whether the fast lane knows every rule of this batch. It reads only what it was written for: a property it has not heard
 * of may be a rule, and then the whole batch is decided record by record. Whoever adds a property that changes no decision
 * names it here.
 */
export function isLaneTask(task: BatchTask): boolean {
  const { flow, sectors, receivers, sender } = task;
  return (
    flow.kind === 'mutation' &&
    flow.senderLine !== 'creates' &&
    hasOnly(task, TASK) &&
    hasOnly(flow, FLOW) &&
    hasOnly(sender, ['partner', 'institution', 'kbo', 'purposes']) &&
    task.contents.length === 1 &&
    receivers.every(({ output }) => addsUp(output ?? flow.format, flow.layouts)) &&
    actsInForce(task).every((act) => hasOnly(act, ACT) && act.receivers.every((one) => hasOnly(one, ACT_RECEIVER))) &&
    sectors.every((sector) => hasOnly(sector, SECTOR)) &&
    receivers.every((receiver) => hasOnly(receiver, RECEIVER))
  );
}

/** The lane writes a file in parts: what its trailer adds up has to add up from the sums of parts. */
function addsUp(format: FlowFormat | OutputFormat, layouts: readonly LayoutVersion[]): boolean {
  const sums = format.kind === 'fixed-width' ? (format.trailer?.sums ?? []) : [];
  const summed = layouts.flatMap(({ fields }) => fields.filter(({ name }) => sums.some(({ field }) => field === name)));
  return summed.every(({ type }) => isDigits(type));
}

/** References and cancellations tie records of a file to each other, and to earlier files: those go one after the other. */
export function isLaneLayout(layout: LayoutVersion): boolean {
  const { reference, cancels } = layout.roles;
  return reference === undefined && cancels === undefined && hasOnly(layout, LAYOUT) && hasOnly(layout.roles, ROLES);
}

const TASK = [
  ...['ticket', 'flow', 'environment', 'accessMethod', 'receivedAt', 'sender', 'contents', 'generation'],
  ...['authorizations', 'sectors', 'receivers'],
];
const FLOW = [
  ...['code', 'title', 'kind', 'senderLine', 'triggers', 'pattern', 'format', 'layouts', 'blocks', 'names'],
  ...[
    'namesWindowDays',
    'refuseSameContent',
    'order',
    'afterQuarantine',
    'holdDays',
    'remindAfterDays',
    'purposes',
    'maxFileBytes',
    'keepAnsweredSeconds',
    'level',
    'expected',
    'source',
  ],
];
const ACT = [
  ...['id', 'version', 'instrument', 'reference', 'textDigest', 'flow', 'act', 'purpose', 'sender', 'receivers'],
  ...['environments', 'from', 'until', 'source'],
];
const ACT_RECEIVER = ['institution', 'qualities', 'blocks'];
const RECEIVER = ['partner', 'institution', 'network', 'purposes', 'output', 'outputVersion'];
const SECTOR = ['number', 'name', 'managingInstitution', 'anonymousMembers'];
const LAYOUT = ['version', 'validFrom', 'validUntil', 'fields', 'roles', 'periods', 'totals', 'births'];
const ROLES = [
  ...['number', 'person', 'replacedBy', 'periodBegin', 'periodEnd', 'quality', 'qualityBegin', 'qualityEnd'],
  ...['reference', 'cancels'],
];

function hasOnly(value: object, known: readonly string[]): boolean {
  return Object.entries(value).every(([key, one]) => one === undefined || known.includes(key));
}
