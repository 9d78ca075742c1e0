import type { Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import { fieldProblems } from './references-fields.ts';
import type { FlowFile } from './schema-flow.ts';

const NUMBERS = ['integer', 'cents', 'decimal'] as const;

const CODES = ['code', 'integer', 'digits', 'text'] as const;

/** What says that a record changes another can say so, and the other can be found. */
function changeProblems(flow: ReadFile<FlowFile>, index: number): readonly Problem[] {
  const { changes, roles } = flow.value.layouts[index] ?? {};
  if (changes === undefined) return [];
  const path = ['layouts', index, 'changes'];
  const problems = fieldProblems(flow, index, ['changes', 'field'], changes.field, CODES);
  if (roles?.reference !== undefined) return problems;
  const message = 'a record that changes another needs a reference by which the other is known';
  return [...problems, flow.places.atKey(path, message, 'give a field the role "reference"')];
}

/** Conditions between fields name fields of types that can be compared. */
export function conditionProblems(flow: ReadFile<FlowFile>, index: number): readonly Problem[] {
  const layout = flow.value.layouts[index];
  if (layout === undefined) return [];
  return [
    ...changeProblems(flow, index),
    ...layout.fields.flatMap(({ name, required }, position) =>
      required !== 'in-group' || name.includes('.')
        ? []
        : [
            flow.places.at(
              ['layouts', index, 'fields', position, 'required'],
              `the field "${name}" stands in no group`,
              'write true or false',
            ),
          ],
    ),
    ...layout.periods.flatMap(({ begin, end }, position) => [
      ...fieldProblems(flow, index, ['periods', position, 'begin'], begin, ['date']),
      ...fieldProblems(flow, index, ['periods', position, 'end'], end, ['date']),
    ]),
    ...layout.totals.flatMap(({ sum, equals }, position) => [
      ...sum.flatMap((name, part) => fieldProblems(flow, index, ['totals', position, 'sum', part], name, NUMBERS)),
      ...fieldProblems(flow, index, ['totals', position, 'equals'], equals, NUMBERS),
    ]),
    ...layout.births.flatMap(({ date, insz }, position) => [
      ...fieldProblems(flow, index, ['births', position, 'date'], date, ['date', 'incomplete-date']),
      ...fieldProblems(flow, index, ['births', position, 'insz'], insz, ['insz']),
    ]),
  ];
}
