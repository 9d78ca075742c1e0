import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { endsWithUs } from './leftovers.ts';
import { cpuSecondsOf, peakMB } from './process-figures.ts';

export type Run = {
  readonly output: string;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMB: number;
};

const SAMPLE_EVERY_MS = 100;

/** A process of its own, so that its time and its memory are its own. @param script beside this file */
export async function measuredChild(script: string, words: readonly string[], mostMs: number): Promise<Run> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const start = performance.now();
  const running = endsWithUs(spawn(process.execPath, [path, ...words], { stdio: ['ignore', 'pipe', 'inherit'] }));
  let output = '';
  running.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const ended = new Promise<number | null>((resolve, reject) => running.once('error', reject).once('close', resolve));
  let [isOver, cpuSeconds, peak] = [false, 0, 0];
  void ended.finally(() => {
    isOver = true;
  });
  while (!isOver && performance.now() - start < mostMs) {
    cpuSeconds = await cpuSecondsOf(running.pid ?? 0).catch(() => cpuSeconds);
    peak = Math.max(peak, await peakMB(running.pid ?? 0).catch(() => peak));
    await Promise.race([ended, pause(SAMPLE_EVERY_MS)]);
  }
  if (!isOver) running.kill();
  const status = await ended;
  if (status !== 0) throw new Error(`${script} ended with ${status}: ${output}`);
  return { output, seconds: (performance.now() - start) / 1000, cpuSeconds, peakMB: peak };
}
