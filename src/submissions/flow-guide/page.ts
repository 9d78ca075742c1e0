import type { Flow, Trigger } from '../../domain/flow.ts';
import type { Generation } from '../../domain/generation.ts';
import { institutionName } from '../../domain/partner.ts';
import { INTAKES, MAILBOXES } from '../../domain/tree.ts';
import { codeTable, receiptCodes, recordCodes, remarkCodes, wholeFileCodes } from './codes.ts';
import { fixedWidthWords } from './fixed-width.ts';
import { kindWords } from './kind.ts';
import { layoutSection, type Meanings } from './layout.ts';
import { code, grouped, list, table } from './markdown.ts';

export type Sample = { readonly name: string; readonly text: string };

type Facts = { readonly flow: Flow; readonly generation: Generation };

export type PageFacts = Facts & {
  readonly meanings: Meanings;
  readonly sample: Sample | undefined;
};

const SAMPLE_LINES = 5;
const SETTLED_OVER_SFTP = 'when it is closed over SFTP';

/** What a partner must know to hand in files of a flow, as Markdown. The same configuration gives the same text. */
export function flowPage(facts: PageFacts): string {
  const { flow, meanings } = facts;
  const sections = [
    `# ${flow.code}: ${flow.title}`,
    `<!-- Made by "npm run docs:flows" from config/flows/${flow.code}.yaml. Change that file, not this one. -->`,
    purpose(facts),
    '## What to send',
    folders(flow),
    list(sending(facts)),
    '## Layout',
    formatWords(flow),
    ...flow.layouts.map((layout) => layoutSection(flow, layout, meanings)),
    ...sampleSection(facts.sample),
    '## What comes back',
    list(answers(facts)),
    '### In the receipt',
    codeTable(receiptCodes(flow)),
    lateWords(facts),
    '### In the notification, about one record',
    'All faults of form, number and date of a record are told together; of what is checked after them, the first.',
    codeTable(recordCodes(flow)),
    'About a record that was taken, where there is something to know:',
    codeTable(remarkCodes(flow)),
  ];
  return `${sections.join('\n\n')}\n`;
}

export function purpose({ flow, generation }: Facts): string {
  const acts = generation.authorizations.filter((act) => act.flow === flow.code);
  const senders = [...new Set(acts.map(({ sender }) => institutionName(sender)))].toSorted();
  const who = senders.length === 0 ? 'nobody yet' : senders.join(', ');
  return [
    `Purpose: ${flow.purposes.map(code).join(', ')}. Authorized senders (sector/type): ${who}.`,
    kindWords(flow),
  ].join('\n');
}

function folders(flow: Flow): string {
  const names = { R: 'R, real', T: 'T, test: synthetic persons', S: 'S, simulation: nothing is delivered' } as const;
  const rows = Object.entries(INTAKES).map(([folder, environment]) => [
    names[environment],
    code(`/${folder}/${flow.code}`),
    code(`/${MAILBOXES[environment]}/${flow.code}`),
  ]);
  const head = ['Environment', 'Put it in', 'Answers and deliveries'];
  return `${table(head, rows)}\n\nIn a flat tree the folders are the same without \`/${flow.code}\`.`;
}

export function sending({ flow, generation }: Facts): readonly string[] {
  const { limits } = generation;
  return [
    ...flow.triggers.map((trigger) => triggerWords(trigger, flow, limits.settleSecondsWebdav)),
    `In a flat tree the name of a single file matches ${code(flow.pattern)}.`,
    ...namesWords(flow),
    `At most ${grouped(Math.min(flow.maxFileBytes, limits.maxFileBytes))} bytes.`,
    flow.order === 'strict'
      ? `Deliveries leave in the order in which files came in${held(flow)}.`
      : 'Deliveries leave as soon as they are ready, in no fixed order.',
    ...(flow.level === 1 ? [] : ['A second factor is needed.']),
    ...lineWords(flow),
    ...expectedWords(flow),
    `From receipt to answer a file is frozen. Its name stays listed for ${flow.keepAnsweredSeconds} s after the answer.`,
  ];
}

function held({ afterQuarantine }: Flow): string {
  return afterQuarantine === 'hold' ? '; while a file is put aside, those behind it wait' : '';
}

function triggerWords(trigger: Trigger, { code: flow }: Flow, settleSeconds: number): string {
  if (trigger === 'upload') {
    return `One file is one submission, complete ${SETTLED_OVER_SFTP}, or quiet for ${settleSeconds} s over WebDAV.`;
  }
  const middle = `${flow}.<sender number>.<YYYYMMDD>.<serial>.<R|T|S>`;
  return [
    `Or a set: ${code(`FI.${middle}.1.1`)} with the data, ${code(`FS.${middle}.1.1`)} with its signature (needed in R),`,
    `then an empty ${code(`GO.${middle}.1`)}, which starts it. An empty ${code(`TD.${middle}.1`)} takes it back before that.`,
    `A large set may come in up to 99 parts, each a whole file with its own FS: ${code('.3.1')}, ${code('.3.2')}, ${code('.3.3')} and a GO that ends in ${code('.3')}; records are numbered on through them.`,
  ].join(' ');
}

function namesWords({ names, namesWindowDays, refuseSameContent, triggers }: Flow): readonly string[] {
  const words: string[] = [];
  if (names === 'unique') words.push(`A name is used once in ${namesWindowDays} days.`);
  else words.push('The name of a single file may be used again for other bytes.');
  if (names !== 'unique' && triggers.includes('go-file')) {
    words.push(`The name of a set is used once in ${namesWindowDays} days.`);
  }
  words.push('The same name with the same bytes gets the same receipt again, and no second delivery.');
  if (refuseSameContent) words.push('The same bytes under another name are refused.');
  return words;
}

function lineWords({ senderLine }: Flow): readonly string[] {
  if (senderLine === 'required') return ['The sender has a line of the person that covers the whole period.'];
  return senderLine === 'creates' ? ['The record makes a line of the person for its sender.'] : [];
}

function expectedWords({ expected = [] }: Flow): readonly string[] {
  return expected.map((one) => {
    const { from, every, by, graceHours } = one;
    const day =
      one.every === 'day'
        ? `every ${one.weekdaysOnly ? 'working day' : 'day'}`
        : one.every === 'week'
          ? `every week on ${one.weekday}`
          : `every ${every} on its day ${one.day}`;
    return `A file of ${code(from)} is expected ${day} by ${by}, Belgian time; ${graceHours} h later it is missing.`;
  });
}

function reminded({ remindAfterDays, holdDays }: Flow): string {
  const days = remindAfterDays.filter((one) => one < holdDays);
  const when = days.length === 0 ? '' : `who did not pick it up is reminded after ${days.join(' and ')} days, and `;
  return `${when}one that nobody picked up is told to sender, receiver and hub.`;
}

export function formatWords({ format }: Flow): string {
  switch (format.kind) {
    case 'delimited': {
      const header = format.header ? 'the first line names the columns as below' : 'there is no line with names';
      return `Delimited text in ${format.charset}, fields apart by ${code(format.separator)}; ${header}. Lines end in LF or CRLF. A field with a separator, a quote or a line end stands between double quotes, and a quote in it is doubled.`;
    }
    case 'json-lines':
      return 'One JSON object (RFC 8259) on each line, in UTF-8, lines ended by LF. A dot leads into an object: `a.b` is the member `b` of the member `a`. A member that is not below is a fault.';
    case 'fixed-width':
      return fixedWidthWords(format);
    case 'xml':
      return xmlWords(format);
  }
}

function xmlWords(format: Flow['format'] & { readonly kind: 'xml' }): string {
  const { record, root, namespace, versionAttribute, repeats } = format;
  const space = namespace === undefined ? 'no namespace' : `the namespace ${code(namespace)}`;
  const version =
    versionAttribute === undefined ? '' : ` The attribute ${code(versionAttribute)} of the root is the version.`;
  const several =
    repeats === undefined
      ? ''
      : ` ${code(repeats)} may stand in it up to 1000 times, one behind the other: each is a record of its own, with what stands around it.`;
  return `An XML document in UTF-8 or ISO-8859-1, in ${space}, without a document type: one element ${code(record)} per record inside ${code(root)}; a dot leads into an element. Elements come in this order.${version}${several}`;
}

function sampleSection(sample: Sample | undefined): readonly string[] {
  if (sample === undefined) return [];
  const lines = sample.text.split('\n').filter((line) => line !== '');
  const shown = lines.slice(0, SAMPLE_LINES);
  const more = lines.length > shown.length ? '\n…' : '';
  return ['### Sample', `${code(sample.name)}:`, `\`\`\`\n${shown.join('\n')}${more}\n\`\`\``];
}

function lateWords({ flow, generation }: PageFacts): string {
  const bytes = grouped(generation.limits.receiptReadBytes);
  const codes = wholeFileCodes(flow).map(code).join(', ');
  return `Of a file of more than ${bytes} bytes only so many are read before the receipt. What is wrong with it as a whole behind them (${codes}) stands in the notification, as record 0, and nothing of the file is taken.`;
}

export function answers({ flow, generation }: Facts): readonly string[] {
  const most = grouped(generation.limits.maxRefusedPerNotification);
  const { code: flowCode } = flow;
  return [
    `A **receipt** for each file within seconds, before its records are judged: ${code('<file>.<ticket>.receipt.json')} with its signature ${code('….p7s')}, or, for partners of the batch channel, ${code('FO.ACRF.999999.<date>.<serial>.<environment>')} with FS and GO. It says that the file arrived whole and will be processed, or why not; never that it was accepted.`,
    `A **notification** when every record was checked: ${code('<file>.<ticket>.notification.json')} or ${code('FO.NOTI.…')}, with totals and all faults of each refused record. More than ${most} entries come in numbered parts (${code('….notification.2of3.json')}), each signed; ${code('last')} marks the last.`,
    'A record is named by its number in the file, from 1; a line with names of columns does not count. `LineNbr` is that number.',
    `Receivers find ${code(`${flowCode}.<number>.<ticket>.…`)} in their mailbox, with a signed manifest. It stays for ${flow.holdDays} days or until they remove it; ${reminded(flow)}`,
    'Answers are in the language of the partner: the sentences below. What was expected may follow in brackets.',
  ];
}
