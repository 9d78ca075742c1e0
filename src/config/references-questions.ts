import { type ConfigFiles, known, unknownName } from './parse.ts';
import { choose, type Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import type { FlowFile } from './schema-flow.ts';

/** A request asks for a datum that has a source, which answers in one flow; an answer belongs to one flow of requests. */
export function questionProblems(files: ConfigFiles): readonly Problem[] {
  const flows = known(files.flows).filter(({ whole }) => whole);
  return flows.flatMap((flow) => [...requestProblems(flow, files), ...answerProblems(flow, flows)]);
}

function requestProblems({ value, places }: ReadFile<FlowFile>, files: ConfigFiles): Problem[] {
  const { kind, asks, layouts } = value;
  if (asks === undefined) {
    const message = 'nothing says what a request asks for';
    return kind === 'request' ? [places.atKey(['kind'], message, 'add "asks"')] : [];
  }
  if (kind !== 'request') {
    return [places.atKey(['asks'], `a flow of kind "${kind}" asks for nothing`, 'remove this line')];
  }
  const problems: Problem[] = [];
  const data = files.availability?.value.availability.map(({ datum }) => datum) ?? [];
  if (files.availability?.whole === true && !data.includes(asks.datum)) {
    const message = `nobody holds the datum "${asks.datum}"`;
    problems.push(places.at(['asks', 'datum'], message, choose(asks.datum, data, 'datum')));
  }
  const answers = files.flows.get(asks.answerFlow);
  if (!files.flows.has(asks.answerFlow)) {
    problems.push(places.at(['asks', 'answerFlow'], ...unknownName('flow', asks.answerFlow, files.flows)));
  } else if (answers?.whole === true && answers.value.kind !== 'answer') {
    const message = `flow ${asks.answerFlow} is of kind "${answers.value.kind}"`;
    problems.push(places.at(['asks', 'answerFlow'], message, 'name a flow of kind "answer"'));
  }
  if (asks.closeAfterHours < asks.answerWithinHours) {
    const message = 'a request is closed before its answers are late';
    problems.push(places.at(['asks', 'closeAfterHours'], message, `write ${asks.answerWithinHours} or more`));
  }
  return [...problems, ...ticketProblems({ asks, layouts, format: value.format }, places)];
}

function ticketProblems(
  { asks, layouts, format }: Pick<FlowFile, 'layouts' | 'format'> & { readonly asks: NonNullable<FlowFile['asks']> },
  places: ReadFile<FlowFile>['places'],
): Problem[] {
  const { ticketField } = asks;
  if (ticketField === undefined) return [];
  const { name, columns } = ticketField;
  if (layouts.some(({ fields }) => fields.some((field) => field.name === name))) {
    const message = `a field of the layout is called "${name}" already`;
    return [places.at(['asks', 'ticketField', 'name'], message, 'the hub adds this field: give it a name of its own')];
  }
  if ((format.kind === 'fixed-width') === (columns !== undefined)) return [];
  const message = columns === undefined ? 'nothing says where the ticket stands' : 'only a fixed width has columns';
  const remedy = columns === undefined ? 'add "columns"' : 'remove "columns"';
  return [places.atKey(['asks', 'ticketField'], message, remedy)];
}

function answerProblems({ value, places }: ReadFile<FlowFile>, flows: readonly ReadFile<FlowFile>[]): Problem[] {
  if (value.kind !== 'answer') return [];
  const requests = flows.filter((flow) => flow.value.asks?.answerFlow === value.code);
  if (requests.length === 1) return [];
  const names = requests.map((flow) => flow.value.code).join(', ');
  return requests.length === 0
    ? [places.atKey(['kind'], 'no flow of requests is answered by it', 'name it as "answerFlow" of one')]
    : [places.atKey(['kind'], `${names} are all answered by it`, 'give each request a flow of answers of its own')];
}
