import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** One line of standard input; at a terminal what is typed is not shown. */
export async function askPassword(): Promise<string> {
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = process.stdin.isTTY === true;
  if (terminal) process.stderr.write('Password: ');
  const lines = createInterface({ input: process.stdin, output, terminal });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (terminal) process.stderr.write('\n');
  }
}
