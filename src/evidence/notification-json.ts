import { type Part, recordTicket } from './answer-names.ts';
import type { HeadedAnswers, NotificationFacts, RecordAnswer, TextOf } from './notification.ts';

type Fault = RecordAnswer['faults'][number];

const CHUNK_CHARACTERS = 64 * 1024;

/** docs/schemas/notification.schema.json; one line per record, so that a reader may take it line by line. */
export async function* jsonPart(
  facts: NotificationFacts,
  part: Part | undefined,
  answers: AsyncIterable<HeadedAnswers>,
  textOf: TextOf,
): AsyncGenerator<string> {
  const faults = new FaultTexts(facts, textOf);
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
      text += `${separator}    ${answerLine(facts, answer, faults)}`;
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

function answerLine({ ticket }: NotificationFacts, { record, faults }: RecordAnswer, texts: FaultTexts): string {
  // Digits, capitals and a hyphen: nothing in it is escaped.
  return `{"record":${record},"ticket":"${recordTicket(ticket, record)}","faults":[${texts.all(faults)}]}`;
}

/** Faults as they stand in a notification; the few that thousands of records have are put in words once. */
class FaultTexts {
  readonly #language: NotificationFacts['language'];
  readonly #textOf: TextOf;
  readonly #known = new Map<string, string>();

  constructor({ language }: NotificationFacts, textOf: TextOf) {
    this.#language = language;
    this.#textOf = textOf;
  }

  all(faults: readonly Fault[]): string {
    const [first] = faults;
    if (first !== undefined && faults.length === 1) return this.#one(first);
    return faults.map((fault) => this.#one(fault)).join();
  }

  #one(fault: Fault): string {
    if (fault.detail !== undefined) return this.#worded(fault);
    const key = `${fault.severity} ${fault.code} ${fault.field}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const text = this.#worded(fault);
    this.#known.set(key, text);
    return text;
  }

  #worded({ field, code, severity, detail }: Fault): string {
    return JSON.stringify({ field, code, severity, text: this.#textOf(code, this.#language, detail) });
  }
}
