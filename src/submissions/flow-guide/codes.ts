import type { Flow, FlowKind } from '../../domain/flow.ts';
import { followsOriginals } from '../../pipeline/originals.ts';
import { LANGUAGES, textOf } from '../../texts/texts.ts';
import { code, table } from './markdown.ts';

/** Names of a set, its folder and sender, its members and signature. Source: docs/domain.md "Which case gets which code". */
const OF_SET_STRUCTURE = ['107', '131', '132', '129', '114', '115', '116', '128'];
const OF_SET_PARTS = ['109', '110', '111', '126', '112', '127', '367', '117'];
const OF_SET = ['118', '119', '257', '103', '108', '120', '123', '130', '122', '124', '125', '153', '524', '157'];
const OF_FIXED_WIDTH_HEADER = ['108', '117', '118', '119', '257'];

/** What the receipt of a file of this flow can say. */
export function receiptCodes(flow: Flow): readonly string[] {
  const takesSets = flow.triggers.includes('go-file');
  const takesUploads = flow.triggers.includes('upload');
  const codes = [
    '088',
    ...(takesSets ? [...OF_SET_STRUCTURE, ...OF_SET_PARTS, ...OF_SET] : []),
    ...(takesUploads || takesSets ? [] : ['129']),
    // A name of the batch channel is never used again; of another name the flow decides.
    ...(takesSets || flow.names === 'unique' || flow.refuseSameContent ? ['133'] : []),
    ...['134', '184', '427'],
    ...wholeFileCodes(flow),
    ...(hasLots(flow) ? ['200000'] : []),
  ];
  return [...new Set(codes)];
}

/** What reading the file can show to be wrong with it as a whole. */
export function wholeFileCodes({ format }: Flow): readonly string[] {
  const own: Readonly<Record<string, readonly string[]>> = { xml: ['102'], 'fixed-width': OF_FIXED_WIDTH_HEADER };
  return ['138', '312', ...(own[format.kind] ?? [])];
}

/** What the rules of a kind add. */
const OF_KIND: Readonly<Record<FlowKind, readonly string[]>> = {
  mutation: [],
  message: ['MSG00012'],
  request: ['253', '300040', 'MSG00012'],
  answer: ['MSG00013', '300040', '253', '000051'],
  integration: ['300040', '300020'],
};

/** Why a record can be refused, in the order in which it is checked. */
export function recordCodes(flow: Flow): readonly string[] {
  const follows = flow.layouts.some(followsOriginals);
  const ofKind = OF_KIND[flow.kind];
  // Where the sender needs a line, MSG00005 is left for numbers that are not synthetic in T: who has no line learns no more.
  const line = flow.senderLine === 'required' ? ['300020', '300030', 'MSG00005'] : ['MSG00005'];
  return ['000050', 'MSG00011', 'MSG00008', '300010', ...line, ...ofKind, ...(follows ? ['157'] : [])];
}

/** What is told about a record that was taken: a replaced number, a KBO number put right, an original that went further. */
export function remarkCodes(flow: Flow): readonly string[] {
  const { layouts } = flow;
  const hasKbo = layouts.some(({ fields }) => fields.some(({ type }) => type.kind === 'kbo'));
  const follows = layouts.some(followsOriginals);
  return [
    'MSG00006',
    ...(hasLots(flow) ? ['200001'] : []),
    ...(hasKbo ? ['MSG00011'] : []),
    ...(follows ? ['300010'] : []),
  ];
}

function hasLots({ format }: Flow): boolean {
  return format.kind === 'fixed-width' && format.header?.fields.some(({ is }) => is === 'lot') === true;
}

/** A row per code, with its sentence in every language, English first. */
export function codeTable(codes: readonly string[]): string {
  const languages = LANGUAGES.toSorted((one, other) => Number(other === 'en') - Number(one === 'en'));
  const rows = codes.map((each) => [code(each), ...languages.map((language) => textOf(each, language))]);
  return table(['Code', ...languages.map((language) => language.toUpperCase())], rows);
}
