import { GatewayError } from '../domain/errors.ts';
import { recordNumber } from '../evidence/answer-names.ts';
import { askGateway } from '../ops/control-socket.ts';
import type { ExplainedCheck, ExplainedReceiver, Explanation } from '../submissions/explain.ts';
import { type CommonOptions, controlSocketPath, dataDirectory } from './places.ts';

/** Tells which checks one record went through. @returns 1 where it was refused */
export async function explain(
  ticket: string,
  record: string,
  options: CommonOptions,
  out: NodeJS.WritableStream,
): Promise<0 | 1> {
  const number = /^\d{1,15}$/.test(record) ? Number(record) : recordNumber(record);
  if (number === undefined) {
    throw new GatewayError('bad-request', 'a record is told by its number in the file, from 1, or as its ticket ends');
  }
  const socket = controlSocketPath(await dataDirectory(options));
  const found = parseExplanation(await askGateway(socket, { command: 'explain', arguments: [ticket, String(number)] }));
  out.write(options.json ? `${JSON.stringify(found)}\n` : textOf(found));
  return found.outcome === 'refused' ? 1 : 0;
}

function textOf(found: Explanation): string {
  const { ticket, flow, environment, sender, insz, replacedBy, outcome } = found;
  const person = insz === undefined ? '' : ` about ${insz}${replacedBy === undefined ? '' : `, now ${replacedBy}`}`;
  const lines = [
    `${ticket} of ${sender} in ${flow}, environment ${environment}${person}: ${outcome}`,
    ...found.checks.flatMap(checkLines),
    ...found.receivers.flatMap((receiver) => receiverLines(receiver)),
    `decided by generation ${found.generation.slice(0, 12)}, directory version ${found.directoryVersion}, layout version ${found.layoutVersion}`,
    ...(found.directoryVersion === found.directoryNow ? [] : [`lines as of directory version ${found.directoryNow}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function checkLines({ check, outcome, codes = [], by = [] }: ExplainedCheck): readonly string[] {
  return [
    `  ${outcome.padEnd(12)}${check}`,
    ...codes.map(({ code, text }) => `              ${code}  ${text}`),
    ...by.map((act) => `              by ${act}`),
  ];
}

function receiverLines({ receiver, acts, quality, lines, filtered }: ExplainedReceiver): readonly string[] {
  const known = lines.map(({ institution, begin, end }) => `${institution} from ${begin}${end ? ` until ${end}` : ''}`);
  return [
    `  to ${receiver}, quality ${quality || 'none: its line has ended'}${filtered.length > 0 ? `, without ${filtered.join(', ')}` : ''}`,
    ...acts.map((act) => `              by ${act}`),
    ...known.map((line) => `              line ${line}`),
  ];
}

/** What the gateway of this program answers to `explain`. */
function parseExplanation(answer: unknown): Explanation {
  return answer as Explanation;
}
