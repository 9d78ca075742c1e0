import type { FlowFormat } from '../domain/format.ts';
import { type MemberLeaf, type MemberTree, memberTree } from './json-members.ts';
import type { JsonRows } from './json-rows.ts';
import { Literal, type RowWriter } from './row-bytes.ts';
import type { RowColumn, RowPlan } from './row-columns.ts';
import { canCopyRuns, type Leaf, RowCopies, runsOf, sharedPath } from './row-copies.ts';

type Member = Leaf & { readonly leaf: MemberLeaf };

/** Rows of JSON lines that stand as `JsonLinesWriter` would put them are copied; any other is written by `rows`. */
export function jsonCopies(flow: FlowFormat, plan: RowPlan, columns: readonly RowColumn[], rows: JsonRows): RowWriter {
  if (flow.kind !== 'json-lines' || !canCopyRuns(plan, columns)) return rows;
  const members = membersOf(memberTree(plan.layout.fields), []);
  const quoteOf = (leaf: Leaf | undefined) =>
    // Values are told without their quotes.
    members.find((one) => one === leaf)?.leaf.kind === 'string' ? '"' : '';
  const runs = runsOf(members, plan);
  const between = runs.map(({ first }, index) => {
    const before = runs[index - 1]?.last;
    const shared = sharedPath(before, first);
    const closed = before === undefined ? '{' : `${quoteOf(before)}${'}'.repeat(before.path.length - shared)},`;
    const opened = first.path.slice(shared).map((name) => `${JSON.stringify(name)}:{`);
    return `${closed}${opened.join('')}${JSON.stringify(first.name)}:${quoteOf(first)}`;
  });
  const last = runs.at(-1)?.last;
  const behind = `${quoteOf(last)}${'}'.repeat(last?.path.length ?? 0)}}\n`;
  // An empty string that is no text is written as null.
  const notEmpty = members.filter(({ leaf }) => leaf.kind === 'string' && !leaf.isText && isWritten(plan, leaf));
  return new RowCopies(
    {
      ...{ runs, between: [...between, behind].map((text) => new Literal(text)) },
      ...{ notEmpty: notEmpty.map(({ index }) => index), texts: [], special: [] },
    },
    rows,
  );
}

function isWritten({ mask, fileMask }: RowPlan, { index }: MemberLeaf): boolean {
  return mask[index] === true && fileMask[index] === true;
}

function membersOf(tree: MemberTree, path: readonly string[]): Member[] {
  return [...tree].flatMap(([name, node]) =>
    node instanceof Map ? membersOf(node, [...path, name]) : [{ path, name, index: node.index, leaf: node }],
  );
}
