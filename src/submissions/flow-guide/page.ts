import type { Flow } from '../../domain/flow.ts';
import { INTAKES, MAILBOXES } from '../../domain/tree.ts';
import { sayIn } from '../../texts/flow-say.ts';
import { codeTable, receiptCodes, recordCodes, remarkCodes, wholeFileCodes } from './codes.ts';
import { layoutSection, type Meanings } from './layout.ts';
import { code, grouped, list, table } from './markdown.ts';
import { answers, type Facts, formatWords, purpose, sending } from './words.ts';

export type Sample = { readonly name: string; readonly text: string };

export type PageFacts = Facts & {
  readonly meanings: Meanings;
  readonly sample: Sample | undefined;
};

const SAMPLE_LINES = 5;
const LANGUAGE = 'en';

/** What a partner must know to hand in files of a flow, as English Markdown. The same configuration gives the same text. */
export function flowPage(facts: PageFacts): string {
  const { flow, meanings } = facts;
  const say = sayIn(LANGUAGE);
  const sections = [
    `# ${flow.code}: ${flow.title}`,
    `<!-- Made by "npm run docs:flows" from config/flows/${flow.code}.yaml. Change that file, not this one. -->`,
    purpose(facts, say),
    '## What to send',
    folders(flow),
    list(sending(facts, say)),
    '## Layout',
    formatWords(flow, say),
    ...flow.layouts.map((layout) => layoutSection(flow, layout, { meanings, language: LANGUAGE })),
    ...sampleSection(facts.sample),
    '## What comes back',
    list(answers(facts, say)),
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
