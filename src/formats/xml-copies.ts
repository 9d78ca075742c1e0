import type { FlowFormat, OutputFormat } from '../domain/format.ts';
import { Literal, type RowWriter } from './row-bytes.ts';
import { mayHold, type RowColumn, type RowPlan } from './row-columns.ts';
import { canCopyRuns, type Leaf, RowCopies, runsOf, sharedPath } from './row-copies.ts';
import type { XmlRows } from './xml-rows.ts';
import { type XmlGroup, xmlTree } from './xml-tree.ts';

/** May stand in a text as it is, and is written as a reference; the others that are stand in no value that is certain. */
const SPECIAL = /"/;
const QUOTE = 0x22;

/** Elements that stand as `XmlWriter` would put them are copied; any other is written by `rows`. */
export function xmlCopies(
  flow: FlowFormat,
  { record }: OutputFormat & { readonly kind: 'xml' },
  plan: RowPlan,
  columns: readonly RowColumn[],
  rows: XmlRows,
): RowWriter {
  if (flow.kind !== 'xml' || flow.record !== record || !canCopyRuns(plan, columns)) return rows;
  const { layout, mask, fileMask } = plan;
  const leaves = leavesOf(xmlTree(layout.fields), []);
  const runs = runsOf(leaves, plan);
  const between = runs.map(({ first }, index) => {
    const before = runs[index - 1]?.last;
    const shared = sharedPath(before, first);
    const opened = first.path.slice(shared).map((name) => `<${name}>`);
    return `${before === undefined ? `<${record}>` : closing(before, shared)}${opened.join('')}<${first.name}>`;
  });
  const last = runs.at(-1)?.last;
  const behind = `${last === undefined ? '' : closing(last, 0)}</${record}>\n`;
  const written = leaves.filter(({ index }) => mask[index] === true && fileMask[index] === true);
  const texts = written.filter(({ index }) => mayHold(layout.fields[index]?.type ?? { kind: 'boolean' }, SPECIAL));
  return new RowCopies(
    {
      ...{ runs, between: [...between, behind].map((text) => new Literal(text)) },
      // An empty element is left out.
      ...{ notEmpty: written.map(({ index }) => index), texts: texts.map(({ index }) => index) },
      special: [QUOTE],
    },
    rows,
  );
}

/** The end tags behind a value, up to the group that goes on. */
function closing({ name, path }: Leaf, shared: number): string {
  const groups = path.slice(shared).toReversed();
  return [name, ...groups].map((one) => `</${one}>`).join('');
}

function leavesOf({ children }: XmlGroup, path: readonly string[]): Leaf[] {
  return [...children].flatMap(([name, node]) =>
    node.kind === 'group' ? leavesOf(node, [...path, name]) : [{ path, name, index: node.index }],
  );
}
