import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { expect, test } from 'vitest';
import { ProgressBar } from '../../src/commands/progress-bar.ts';

function output(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY });
  return { stream: stream as unknown as WriteStream, text: () => String(stream.read() ?? '') };
}

test('on a terminal one line tells how far it is, and goes away at the end', () => {
  const { stream, text } = output(true);
  const bar = new ProgressBar(stream, 'lines');
  bar.show(25, 100, 'reading');
  bar.show(26, 100, 'reading'); // too soon to be seen
  expect(text()).toBe('\r\u001b[K[########......................] 25 %  reading, 25 lines');
  bar.end();
  expect(text()).toBe('\r\u001b[K');
});

test('nothing is written where nobody looks at a terminal', () => {
  const { stream, text } = output(false);
  const bar = new ProgressBar(stream, 'lines');
  bar.show(25, 100);
  bar.end();
  expect(text()).toBe('');
});
