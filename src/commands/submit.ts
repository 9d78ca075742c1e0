import { resolve } from 'node:path';
import { askGateway } from '../ops/control-socket.ts';
import type { DryRunReport } from '../submissions/dry-run-report.ts';
import type { HandedIn } from '../submissions/hand-in.ts';
import { type CommonOptions, controlSocketPath, dataDirectory } from './places.ts';

export type SubmitOptions = CommonOptions & {
  readonly dryRun: boolean;
  readonly as: string | undefined;
  readonly flow: string | undefined;
  readonly environment: string | undefined;
};

const ACCEPTED: readonly string[] = ['accepted', 'checking', 'received'];

/**
 * Hands in a local file through the running gateway, or only checks it.
 * @returns 0 where every record is accepted (or the answer is still to come), 1 where something is refused
 */
export async function submit(file: string, options: SubmitOptions, out: NodeJS.WritableStream): Promise<0 | 1> {
  const socket = controlSocketPath(await dataDirectory(options));
  const { as = '', flow = '', environment = '', dryRun } = options;
  const command = dryRun ? 'dry-run' : 'submit';
  const answer = await askGateway(socket, { command, arguments: [resolve(file), as, flow, environment] });
  const { state, text } = dryRun ? dryRunText(parseReport(answer)) : handedInText(parseHandedIn(answer));
  out.write(options.json ? `${JSON.stringify(answer)}\n` : text);
  return state === undefined || ACCEPTED.includes(state) ? 0 : 1;
}

type Told = { readonly state: string | undefined; readonly text: string };

function dryRunText(report: DryRunReport): Told {
  const { state, file, partner, flow, records, errors, refused, information } = report;
  const { total, accepted, withoutReceiver } = records;
  const lines = [
    `${file} of ${partner} in ${flow} would be ${state}: ${total} records, ${accepted} accepted, ${records.refused} refused, ${withoutReceiver} without receiver`,
    ...errors.map(({ code, text }) => `  ${code}  ${text}`),
    ...[...refused, ...information].flatMap(({ record, faults }) =>
      faults.map(
        ({ field, code, text, value }) => `  record ${record}  ${field}${value ? ` "${value}"` : ''}  ${code}  ${text}`,
      ),
    ),
    ...(records.refused > refused.length ? [`  and ${records.refused - refused.length} more`] : []),
    `nothing was delivered; sluis explain ${report.ticket} <record> tells each check`,
  ];
  return { state, text: `${lines.join('\n')}\n` };
}

function handedInText({ path, submission }: HandedIn): Told {
  if (submission === undefined) return { state: undefined, text: `${path} was handed in; no receipt yet\n` };
  const { ticket, state, records, errors } = submission;
  const totals = records && `: ${records.total} records, ${records.accepted} accepted, ${records.refused} refused`;
  const lines = [
    `${path} has the ticket ${ticket}, ${state}${totals ?? ''}`,
    ...errors.map(({ code, text }) => `  ${code}  ${text}`),
  ];
  return { state, text: `${lines.join('\n')}\n` };
}

/** What the gateway of this program answers to `dry-run`. */
function parseReport(answer: unknown): DryRunReport {
  return answer as DryRunReport;
}

/** What the gateway of this program answers to `submit`. */
function parseHandedIn(answer: unknown): HandedIn {
  return answer as HandedIn;
}
