import { type Part, recordTicket } from './answer-names.ts';
import type { HeadedAnswers, NotificationFacts, RecordAnswer, TextOf } from './notification.ts';

const CHUNK_CHARACTERS = 64 * 1024;

/** docs/schemas/notification.schema.json; one line per record, so that a reader may take it line by line. */
export async function* jsonPart(
  facts: NotificationFacts,
  part: Part | undefined,
  answers: AsyncIterable<HeadedAnswers>,
  textOf: TextOf,
): AsyncGenerator<string> {
  let text = `{\n${headLines(facts, part)}  "refused": [`;
  let heading: HeadedAnswers['heading'] = 'refused';
  let separator = '\n';
  let end = ']';
  for await (const { heading: own, answers: some } of answers) {
    if (own !== heading) {
      text += `${end},\n  "information": [`;
      heading = own;
      separator = '\n';
    }
    for (const answer of some) {
      text += `${separator}    ${answerLine(facts, answer, textOf)}`;
      separator = ',\n';
      if (text.length <= CHUNK_CHARACTERS) continue;
      yield text;
      text = '';
    }
    end = '\n  ]';
  }
  const { generation, directoryVersion } = facts;
  yield `${text}${end},\n${line('generation', generation)}  "directoryVersion": ${JSON.stringify(directoryVersion)}\n}\n`;
}

function headLines(facts: NotificationFacts, part: Part | undefined): string {
  const { total, accepted, refused, withoutReceiver } = facts.records;
  const members: readonly (readonly [string, unknown])[] = [
    ['kind', 'notification'],
    ['version', 1],
    ['ticket', facts.ticket],
    ['file', facts.file],
    ...partMembers(part),
    ['state', facts.state],
    ['records', { total, accepted, refused, withoutReceiver }],
  ];
  return members.map(([name, value]) => line(name, value)).join('');
}

function partMembers(part: Part | undefined): readonly (readonly [string, unknown])[] {
  if (part === undefined) return [];
  const { number, of } = part;
  return [
    ['part', number],
    ['parts', of],
    ['last', number === of],
  ];
}

function line(name: string, value: unknown): string {
  return `  ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`;
}

function answerLine(facts: NotificationFacts, { record, faults }: RecordAnswer, textOf: TextOf): string {
  return JSON.stringify({
    record,
    ticket: recordTicket(facts.ticket, record),
    faults: faults.map(({ field, code, severity, detail }) => ({
      field,
      code,
      severity,
      text: textOf(code, facts.language, detail),
    })),
  });
}
