import type { Socket } from 'node:net';
import { readAnswers, type WireAnswer } from './http-answers.ts';

const DEADLINE_MS = 10_000;

/** What came back until the gateway closed the connection. */
export type Conversation = {
  readonly answers: readonly WireAnswer[];
  /** Where the bytes stopped being HTTP; `open`: the gateway neither answered nor closed. */
  readonly fault: string | undefined;
};

export type Question = {
  readonly bytes: Uint8Array;
  /** How many final answers there should be before `last` is sent. */
  readonly answers: number;
  readonly ends?: boolean | undefined;
  /** Sent on the same connection once all answers are there and it stays open; it must ask for the end. */
  readonly last: Uint8Array;
  readonly deadlineMs?: number;
};

/** Sends bytes, reads every answer, and then asks for one thing more, to see that both sides still agree where they are. */
export function converse(socket: Socket, question: Question): Promise<Conversation> {
  const { bytes, answers: expected, ends = false, last, deadlineMs = DEADLINE_MS } = question;
  const isHead = Buffer.from(bytes.subarray(0, 5)).toString('latin1') === 'HEAD ';
  return new Promise((resolve) => {
    const chunks: string[] = [];
    let asked = false;
    const finish = (fault?: string): void => {
      clearTimeout(timer);
      socket.destroy();
      const read = readAnswers(chunks.join(''), isHead);
      resolve({ answers: read.answers, fault: fault ?? read.fault });
    };
    const timer = setTimeout(() => finish(`open: ${JSON.stringify(chunks.join('').slice(0, 200))}`), deadlineMs);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk.toString('latin1'));
      if (asked || ends) return;
      const { answers } = readAnswers(chunks.join(''), isHead);
      const finals = answers.filter(({ status }) => status >= 200);
      const latest = finals.at(-1);
      if (finals.length < expected || !latest?.isWhole) return;
      asked = true;
      if (latest.headers.get('connection') === 'close') socket.end();
      else socket.write(last);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => finish());
    socket.write(bytes);
    if (ends) socket.end();
  });
}
